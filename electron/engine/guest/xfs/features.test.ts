import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { needKnownFeatures, needsRepair } from './features.ts'
import { decodeMoveItem } from './log/items.ts'
import { decodeSuperblock, type Superblock } from './superblock.ts'

/** A superblock of version 4 of four groups of 1,000 blocks, with other features than its version has. */
function withFeatures(incompatible: number): Superblock {
  const bytes = Buffer.alloc(512)
  bytes.write('XFSB')
  for (const [at, value] of [
    [4, 4096],
    [84, 1000],
    [88, 4],
  ] as const)
    bytes.writeUInt32BE(value, at)
  bytes.writeBigUInt64BE(4000n, 8)
  bytes.writeUInt16BE(0x2004, 100)
  bytes.writeUInt16BE(512, 102)
  bytes.writeUInt16BE(512, 104)
  bytes.writeUInt16BE(8, 106)
  bytes.writeUInt8(12, 120)
  bytes.writeUInt8(10, 124)
  const superblock = decodeSuperblock(bytes, false)
  if (typeof superblock === 'string') throw new Error(superblock)
  return { ...superblock, features: { incompatible, log: 0 } }
}

test('a feature that is not known is refused by its name, and known ones are not', () => {
  needKnownFeatures(withFeatures(0xff))
  const refused = (bits: number, name: string) =>
    assert.throws(
      () => needKnownFeatures(withFeatures(bits)),
      (thrown) => thrown instanceof Failure && thrown.code === 'volume-unsupported' && thrown.message.includes(name),
    )
  refused(0x101, 'metadir')
  refused(0x8000_0000, 'bit 31')
})

test('the mark of a repair that was never made is seen', () => {
  assert.ok(needsRepair(withFeatures(0x10)))
  assert.ok(!needsRepair(withFeatures(0xef)))
})

test('a step that moves blocks tells its inodes when begun and its number when done', () => {
  const intent = Buffer.alloc(48)
  intent.writeUInt32LE(1, 4)
  intent.writeBigUInt64LE(77n, 8)
  intent.writeBigUInt64LE(131n, 16)
  assert.deepEqual(decodeMoveItem({ kind: 0x1244, regions: [intent] }), { kind: 'begun', id: 'map 77', inodes: [131] })
  const done = Buffer.alloc(16)
  done.writeBigUInt64LE(77n, 8)
  assert.deepEqual(decodeMoveItem({ kind: 0x1245, regions: [done] }), { kind: 'done', id: 'map 77' })
  assert.throws(() => decodeMoveItem({ kind: 0x1250, regions: [done] }), Failure)
})
