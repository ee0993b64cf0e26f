import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import { silentLog } from './base/log.ts'
import { fileSecrets, type Sealing, sealedSecrets } from './secrets.ts'

function scratch(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'secrets-'))
  t.after(() => rmSync(home, { recursive: true }))
  return join(home, 'secrets')
}

/** Turns every bit over; `key` must be the one that sealed. */
function twin(key = 7): Sealing & { isStale: boolean; refuses: boolean } {
  return {
    isStale: false,
    refuses: false,
    async seal(secret) {
      if (this.refuses) throw new Failure('repository-locked', 'planted')
      return Buffer.from([key, ...secret.map((byte) => byte ^ 255)])
    },
    async open(sealed) {
      if (sealed[0] !== key) throw new Failure('repository-locked', 'another key')
      return { secret: sealed.subarray(1).map((byte) => byte ^ 255), isStale: this.isStale }
    },
  }
}

const key = Buffer.from('thirty-two bytes of a root key !')

test('a secret is kept where only its owner may read, is replaced whole, and goes when it is removed', async (t) => {
  const folder = scratch(t)
  const secrets = fileSecrets(folder)
  assert.equal(await secrets.get('a'), undefined)
  await secrets.put('a', Buffer.from('one'))
  await secrets.put('a', Buffer.from('two'))
  assert.deepEqual(await secrets.get('a'), Buffer.from('two'))
  assert.deepEqual(readdirSync(folder), ['a'])
  if (process.platform !== 'win32') {
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o600)
  }
  await secrets.remove('a')
  await secrets.remove('a')
  assert.equal(await secrets.get('a'), undefined)
})

test('a sealed secret comes back, and its file does not show it', async (t) => {
  const folder = scratch(t)
  const secrets = sealedSecrets(folder, twin(), silentLog)
  assert.equal(await secrets.get('a'), undefined)
  await secrets.put('a', key)
  assert.deepEqual(Buffer.from((await secrets.get('a')) ?? []), key)
  assert.equal(readFileSync(join(folder, 'a')).includes(key), false)
  await secrets.remove('a')
  assert.deepEqual(readdirSync(folder), [])
})

test('a plain file of before is taken over: answered, and sealed from then on', async (t) => {
  const folder = scratch(t)
  await fileSecrets(folder).put('a', key)
  const secrets = sealedSecrets(folder, twin(), silentLog)
  assert.deepEqual(await secrets.get('a'), key)
  assert.equal(readFileSync(join(folder, 'a')).includes(key), false)
  assert.deepEqual(Buffer.from((await secrets.get('a')) ?? []), key)
})

test('a plain file that cannot be sealed now is answered and stays as it is', async (t) => {
  const folder = scratch(t)
  await fileSecrets(folder).put('a', key)
  const secrets = sealedSecrets(folder, Object.assign(twin(), { refuses: true }), silentLog)
  assert.deepEqual(await secrets.get('a'), key)
  assert.deepEqual(readFileSync(join(folder, 'a')), key)
})

test('what another key sealed is locked, for this host and for one that cannot open anything, and is not touched', async (t) => {
  const folder = scratch(t)
  await sealedSecrets(folder, twin(7), silentLog).put('a', key)
  const before = readFileSync(join(folder, 'a'))
  await assert.rejects(sealedSecrets(folder, twin(8), silentLog).get('a'), { code: 'repository-locked' })
  await assert.rejects(fileSecrets(folder).get('a'), { code: 'repository-locked' })
  assert.deepEqual(readFileSync(join(folder, 'a')), before)
})

test('a secret whose sealing has grown old is sealed anew when it is asked for', async (t) => {
  const folder = scratch(t)
  const sealing = twin()
  const secrets = sealedSecrets(folder, sealing, silentLog)
  await secrets.put('a', key)
  let seals = 0
  const seal = sealing.seal.bind(sealing)
  sealing.seal = async (secret) => {
    seals++
    return seal(secret)
  }
  await secrets.get('a')
  assert.equal(seals, 0)
  sealing.isStale = true
  assert.deepEqual(Buffer.from((await secrets.get('a')) ?? []), key)
  assert.equal(seals, 1)
})

test('a secret that cannot be sealed is not written at all', async (t) => {
  const folder = scratch(t)
  const secrets = sealedSecrets(folder, Object.assign(twin(), { refuses: true }), silentLog)
  await assert.rejects(secrets.put('a', key), { code: 'repository-locked' })
  assert.deepEqual(readdirSync(folder), [])
})
