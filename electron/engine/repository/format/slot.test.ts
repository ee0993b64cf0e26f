import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { test } from 'node:test'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { toHex } from './bytes.ts'
import { recipientKey, recipientLock, recipientPublic } from './recipient.ts'
import { openSlot, type SlotKey, type SlotLock, sealSlot, slotChanceBytes } from './slot.ts'
import { fromWords, toWords } from './words.ts'

const rootKey = Buffer.alloc(32, 7)
const repositoryId = Buffer.alloc(16, 3)
const bytesOf = (value: number, lengthBytes: number): Buffer => Buffer.alloc(lengthBytes, value)
const secret = { x25519: bytesOf(11, 32), mlKemSeed: bytesOf(12, 64) }
const other = { x25519: bytesOf(13, 32), mlKemSeed: bytesOf(14, 64) }

const locks: readonly (readonly [SlotLock, SlotKey, SlotKey])[] = [
  [
    { kind: 'passphrase', passphrase: 'é' },
    { kind: 'passphrase', passphrase: 'e\u0301' },
    { kind: 'passphrase', passphrase: 'e' },
  ],
  [
    { kind: 'recovery-words', secret: bytesOf(1, 32) },
    { kind: 'recovery-words', secret: bytesOf(1, 32) },
    { kind: 'recovery-words', secret: bytesOf(2, 32) },
  ],
  [recipientLock(recipientPublic(secret)), recipientKey(secret), recipientKey(other)],
]

const seal = (lock: SlotLock, chance: number): Promise<Uint8Array> =>
  sealSlot(lock, repositoryId, rootKey, bytesOf(chance, slotChanceBytes))

test('a slot of each kind opens with its own key, in any Unicode form, and with no other', async () => {
  for (const [lock, right, wrong] of locks) {
    const slot = await seal(lock, 5)
    assert.deepEqual(await openSlot(right, slot), { kind: 'open', repositoryId, rootKey })
    assert.deepEqual(await openSlot(wrong, slot), { kind: 'wrong' })
    const foreign = locks.find(([each]) => each.kind !== lock.kind)?.[1] ?? right
    assert.deepEqual(await openSlot(foreign, slot), { kind: 'other' })
  }
})

test('the same root key rewrapped with fresh chance shares no byte behind the salt', async () => {
  const [lock] = locks[1] ?? []
  if (lock === undefined) throw new Error('no lock')
  const [one, two] = [await seal(lock, 5), await seal(lock, 6)]
  assert.notDeepEqual(one.subarray(56), two.subarray(56))
})

test('no flipped bit of a slot opens it, or throws', async () => {
  for (const [lock, right] of locks.slice(1)) {
    const slot = await seal(lock, 5)
    for (let at = 0; at < slot.length; at += at < 160 ? 1 : 13) {
      const flipped = Uint8Array.from(slot)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      assert.notEqual((await openSlot(right, flipped)).kind, 'open', `byte ${at}`)
    }
    for (const cut of [0, 3, 24, 100]) assert.notEqual((await openSlot(right, slot.subarray(0, cut))).kind, 'open')
  }
})

test('scrypt parameters that would cost gigabytes or hours are refused without trying', async () => {
  const key = { kind: 'passphrase', passphrase: 'x' } as const
  const slot = await seal(key, 5)
  const parametersAt = 4 + 2 + 2 + 16 + 32
  for (const [at, value] of [
    [0, 21],
    [0, 0],
    [1, 17],
    [1, 0],
    [2, 5],
    [2, 0],
    [3, 1],
  ] as const) {
    const hostile = Uint8Array.from(slot)
    hostile[parametersAt + at] = value
    assert.deepEqual(await openSlot(key, hostile), { kind: 'damaged' })
  }
})

test('recovery words are 24, survive careless typing, and a mistake in them is noticed', () => {
  const entropy = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7))
  const words = toWords(entropy)
  assert.equal(words.split(' ').length, 24)
  const typed = words.split(' ').map((word, at) => `${at + 1}. ${word.toUpperCase()}`)
  assert.equal(toHex(fromWords(typed.join('\r\n'))), toHex(entropy))
  const swapped = words.split(' ')
  swapped.reverse()
  for (const wrong of [swapped.join(' '), words.slice(0, -5), 'abandon '.repeat(12), '']) {
    assert.throws(() => fromWords(wrong), { code: 'passphrase-wrong' }, wrong)
  }
})

test('what @noble/post-quantum encapsulates, OpenSSL’s own ML-KEM-768 opens', {
  skip: typeof crypto.decapsulate !== 'function' && 'this Node has no ML-KEM of its own',
}, () => {
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(ml_kem768.keygen(secret.mlKemSeed).publicKey)
  // RFC 9935: PKCS #8 with the seed alone.
  const header = Buffer.from('3054020100300b060960864801650304040204428040', 'hex')
  const key = Buffer.concat([header, secret.mlKemSeed])
  const privateKey = crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  assert.deepEqual(crypto.decapsulate(privateKey, Buffer.from(cipherText)), Buffer.from(sharedSecret))
})
