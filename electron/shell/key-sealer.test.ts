import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSealer, type KeyPlace, type SafeStorage } from './key-sealer.ts'
import type { StateFile } from './state-file.ts'

/** A secret store that seals by turning text around; `key` must be the one that sealed. */
function storage(backend: string, isAvailable = true, key = 'k'): SafeStorage & { stale: boolean } {
  return {
    stale: false,
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: async () => isAvailable,
    encryptStringAsync: async (plain) => Buffer.from(key + [...plain].reverse().join('')),
    async decryptStringAsync(sealed) {
      if (!sealed.toString().startsWith(key)) throw new Error('not ours')
      return { result: [...sealed.toString().slice(1)].reverse().join(''), shouldReEncrypt: this.stale }
    },
  }
}

function memory(value?: unknown): StateFile & { value: unknown } {
  return {
    value,
    async read() {
      return this.value
    },
    async write(written) {
      this.value = written
    },
  }
}

function choose(store: SafeStorage, kept: StateFile, answer?: KeyPlace, platform: NodeJS.Platform = 'linux') {
  let asked = 0
  const ask = async (): Promise<KeyPlace | undefined> => {
    asked++
    return answer
  }
  return chooseSealer({ storage: store, platform, kept, ask }).then((sealer) => ({ sealer, asked }))
}

const secret = Buffer.from([0, 255, 128, 10, 13])

test("the system's secret store is taken where there is one, and nobody is asked", async () => {
  for (const [store, platform] of [
    [storage('gnome_libsecret'), 'linux'],
    [storage('kwallet6'), 'linux'],
    [storage('basic_text'), 'darwin'],
    [storage('basic_text'), 'win32'],
  ] as const) {
    const { sealer, asked } = await choose(store, memory({ keys: 'files' }), 'files', platform)
    assert.equal(sealer?.kind, 'system')
    assert.equal(asked, 0)
  }
})

test('any bytes come back from the store, and the store says when they should be sealed anew', async () => {
  const store = storage('kwallet5')
  const { sealer } = await choose(store, memory())
  const sealed = (await sealer?.seal(secret)) ?? Buffer.alloc(0)
  assert.deepEqual(await sealer?.open(sealed), { secret, isStale: false })
  store.stale = true
  assert.deepEqual(await sealer?.open(sealed), { secret, isStale: true })
})

test('what the store cannot open is locked, not a bug', async () => {
  const { sealer } = await choose(storage('kwallet5'), memory())
  await assert.rejects(async () => sealer?.open(Buffer.from('x')), { code: 'repository-locked' })
})

test('without a secret store a person is asked once, and the answer is remembered', async () => {
  for (const store of [storage('basic_text'), storage('unknown'), storage('gnome_libsecret', false)]) {
    const kept = memory()
    const first = await choose(store, kept, 'files')
    assert.deepEqual([first.asked, first.sealer], [1, undefined])
    const second = await choose(store, kept, 'memory')
    assert.deepEqual([second.asked, second.sealer], [0, undefined])
  }
  const kept = memory()
  assert.equal((await choose(storage('basic_text'), kept, 'memory')).sealer?.kind, 'memory')
  assert.equal((await choose(storage('basic_text'), kept, 'files')).sealer?.kind, 'memory')
})

test('who puts the question away has keys in memory only, and is asked again', async () => {
  const kept = memory()
  const { sealer } = await choose(storage('basic_text'), kept)
  assert.equal(sealer?.kind, 'memory')
  assert.equal(kept.value, undefined)
})

test('an answer that cannot be written still counts', async () => {
  const kept = { ...memory(), write: async () => Promise.reject(new Error('disk full')) }
  assert.equal((await choose(storage('basic_text'), kept, 'files')).sealer, undefined)
})

test('whatever else a file holds is no answer', async () => {
  for (const value of [null, 7, {}, { keys: 'everywhere' }, { keys: ['files'] }])
    assert.equal((await choose(storage('basic_text'), memory(value), 'files')).asked, 1)
})
