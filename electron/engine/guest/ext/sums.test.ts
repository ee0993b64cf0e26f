import assert from 'node:assert/strict'
import test from 'node:test'
import { crc16 } from './crc16.ts'
import { emptySum, isTransactionSound, transactionSum } from './journal/transaction-sum.ts'
import { hashKinds, nameHash } from './name-hash.ts'

const digits = Buffer.from('123456789')

test('the sum of descriptors is CRC-16/ARC', () => {
  assert.equal(crc16(0, digits), 0xbb3d)
})

test('the sum of transactions is CRC-32/MPEG-2', () => {
  assert.equal(transactionSum(emptySum, digits), 0x0376e6e7)
})

test('a commit with a sum that is not its transaction’s is refused, one without any taken', () => {
  const commit = Buffer.alloc(32)
  assert.ok(isTransactionSound(commit, 7))
  commit.set([1, 4], 0xc)
  commit.writeUInt32BE(7, 0x10)
  assert.ok(isTransactionSound(commit, 7))
  assert.ok(!isTransactionSound(commit, 8))
})

/** Of `debugfs -R 'dx_hash -h … -s 01020304-0506-0708-090a-0b0c0d0e0f10 …'`, which takes characters as signed. */
const golden = {
  legacy: [0xe74b53e2, 0xd09f84dc, 0x382d277e, 0x3fd9f184, 0xb95a083c],
  halfMd4: [0x8d08ec4c, 0xb2738dd2, 0x216199f4, 0xd3a76c72, 0xf6af6372],
  tea: [0xf53528f0, 0x8fbfc43a, 0x565fc0ac, 0x032a816a, 0xe600f0fa],
} as const

test('names hash as debugfs hashes them', () => {
  const names = ['a', '报告', 'x'.repeat(40), 'entry-12345', 'ab'.repeat(100)].map((name) => Buffer.from(name))
  const seed = [0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d]
  for (const name of ['legacy', 'halfMd4', 'tea'] as const) {
    const hashes = names.map((bytes) => nameHash(bytes, { kind: hashKinds[name], unsigned: false, seed }))
    assert.deepEqual(hashes, golden[name], name)
  }
  const plain = { kind: hashKinds.halfMd4, unsigned: false, seed: [0, 0, 0, 0] }
  assert.equal(nameHash(Buffer.from('entry-12345'), plain), 0x029a3078)
})
