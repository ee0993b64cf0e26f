import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import { answerSecret, memorySealer } from './sealer.ts'

const secret = Buffer.from('thirty-two bytes of a root key !')

test('what memory sealed opens in this process, is locked in the next, and every changed byte is noticed', async () => {
  const sealer = memorySealer()
  const sealed = await sealer.seal(secret)
  assert.deepEqual((await sealer.open(sealed)).secret, secret)
  await assert.rejects(memorySealer().open(sealed), { code: 'repository-locked' })
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte))
    await assert.rejects(sealer.open(changed), { code: 'repository-locked' }, `byte ${at}`)
  }
  for (const short of [0, 5, 20]) await assert.rejects(sealer.open(sealed.subarray(0, short)), Failure)
})

test('the thread is told the failure of its question, under the number of the question', async () => {
  const question = { kind: 'secret', id: 4, act: 'open', bytes: secret } as const
  const none = await answerSecret(undefined, question)
  assert.ok('failure' in none && none.id === 4 && none.failure.code === 'repository-locked')
  const sealer = memorySealer()
  const sealed = await answerSecret(sealer, { ...question, act: 'seal' })
  assert.ok('bytes' in sealed)
  const opened = await answerSecret(sealer, { ...question, bytes: sealed.bytes })
  assert.deepEqual(opened, { kind: 'secret', id: 4, bytes: secret, isStale: false })
})
