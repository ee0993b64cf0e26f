import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recipientKey } from './recipient.ts'
import { fromRecoveryKeyText, newRecoveryKey, newRecoveryWords, toRecoveryKeyText } from './recovery.ts'
import { describeSlot, keyOf, openSlot, sealSlot, slotChanceBytes } from './slot.ts'
import { fromWords } from './words.ts'

const secret = {
  x25519: Uint8Array.from({ length: 32 }, (_, at) => at),
  mlKemSeed: Uint8Array.from({ length: 64 }, (_, at) => 255 - at),
}
const text = toRecoveryKeyText(secret)
const rootKey = Buffer.alloc(32, 7)
const repositoryId = Buffer.alloc(16, 3)

test('the text of a recovery key is the same in every version, and comes back as the secret that it was', () => {
  assert.equal(
    text,
    [
      '-----BEGIN STILLPOINT RECOVERY KEY-----',
      'U1BSSwEAAAAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH//+/fz7+vn4',
      '9/b19PPy8fDv7u3s6+rp6Ofm5eTj4uHg397d3Nva2djX1tXU09LR0M/OzczLysnI',
      'x8bFxMPCwcAE2uAdNqusSQ==',
      '-----END STILLPOINT RECOVERY KEY-----',
      '',
    ].join('\n'),
  )
  assert.deepEqual(fromRecoveryKeyText(text), secret)
  const mailed = `Dear successor,\r\n\r\n  ${text.replaceAll('\n', '\r\n   ')}\r\nKeep it.`
  assert.deepEqual(fromRecoveryKeyText(mailed), secret)
})

test('a recovery key with any character changed, taken out or added is refused', () => {
  const body = text.split('\n').slice(1, -2).join('')
  const wrap = (inside: string): string => [text.split('\n')[0], inside, text.split('\n').at(-2)].join('\n')
  assert.deepEqual(fromRecoveryKeyText(wrap(body)), secret, 'one long line is as good')
  for (let at = 0; at < body.length - 2; at++) {
    const other = body[at] === 'Q' ? 'R' : 'Q'
    const changed = body.slice(0, at) + other + body.slice(at + 1)
    // The last letter before the padding has two bits that say nothing.
    if (Buffer.from(changed, 'base64').equals(Buffer.from(body, 'base64'))) continue
    assert.throws(() => fromRecoveryKeyText(wrap(changed)), { name: 'Failure' }, `changed at ${at}`)
    const without = body.slice(0, at) + body.slice(at + 1)
    assert.throws(() => fromRecoveryKeyText(wrap(without)), { name: 'Failure' }, `without ${at}`)
  }
  for (const wrong of ['', body, wrap(''), wrap(`${body.slice(0, -2)}QQQQ`), wrap('ü'), text.slice(0, 100)]) {
    assert.throws(() => fromRecoveryKeyText(wrong), { code: 'passphrase-wrong' }, wrong)
  }
  const later = Buffer.from(body, 'base64')
  later[4] = 2
  assert.throws(() => fromRecoveryKeyText(wrap(later.toString('base64'))), { code: 'format-unsupported' })
})

test('what a new recovery key or new words seal, their own text opens', async () => {
  const key = newRecoveryKey()
  const words = newRecoveryWords()
  const byKey = recipientKey(fromRecoveryKeyText(key.text))
  const byWords = { kind: 'recovery-words', secret: fromWords(words.words) } as const
  for (const [lock, right] of [
    [key.lock, byKey],
    [words.lock, byWords],
  ] as const) {
    const slot = await sealSlot(lock, repositoryId, rootKey, Buffer.alloc(slotChanceBytes, 5))
    assert.equal((await openSlot(right, slot)).kind, 'open')
    const own = keyOf(lock)
    assert.equal(own && (await openSlot(own, slot)).kind, 'open', 'and can be tried where it was made')
    const { kind, repositoryId: id, isWhole } = describeSlot(slot)
    assert.deepEqual({ kind, id: [...id], isWhole }, { kind: lock.kind, id: [...repositoryId], isWhole: true })
    assert.equal(describeSlot(slot.subarray(0, -1)).isWhole, false)
    assert.equal(describeSlot(new Uint8Array(3)).isWhole, false)
  }
  assert.notEqual(newRecoveryKey().text, key.text)
})
