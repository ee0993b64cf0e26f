import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { chanceFrom } from '../../proof/chance.ts'
import { unpackLznt1 } from './lznt1.ts'

/** The example of MS-XCA, "LZNT1". */
const packed = Buffer.from(
  '38b08846232000204720410010a24701a04520440008450150790' +
    '0c045200524138805b4024a44ef0358028c09160148450 0be009e0004011890 00'.replaceAll(' ', ''),
  'hex',
)
const music =
  'F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D\0'

test('the example of the specification unpacks to its text, and the rest of the unit is zeroes', () => {
  const unit = unpackLznt1(packed, 65_536)
  assert.equal(unit.toString('latin1', 0, music.length), music)
  assert.ok(unit.subarray(music.length).every((byte) => byte === 0))
})

test('a chunk of bytes as they stand fills its place, and the next begins at 4096', () => {
  const whole = Buffer.concat([Buffer.of(0xff, 0x3f), Buffer.alloc(4096, 1), Buffer.of(1, 0x30), Buffer.of(7, 8)])
  const unit = unpackLznt1(whole, 65_536)
  assert.deepEqual([unit[0], unit[4095], unit[4096], unit[4097], unit[4098]], [1, 1, 7, 8, 0])
})

test('noise is refused or unpacks within its unit', () => {
  const seed = Date.now() >>> 0
  const chance = chanceFrom(seed)
  for (let round = 0; round < 2000; round++) {
    const noise = Buffer.from(packed)
    for (let i = 0; i < 3; i++) noise[chance.below(noise.length)] = chance.below(256)
    try {
      assert.equal(unpackLznt1(noise, 8192).length, 8192)
    } catch (thrown) {
      assert.ok(thrown instanceof Failure, `seed ${seed}, round ${round}: ${thrown}`)
    }
  }
})

test('a copy from before the chunk, and one beyond its end, are damage', () => {
  assert.throws(() => unpackLznt1(Buffer.of(0x02, 0xb0, 0x01, 0, 0), 4096), { code: 'file-system-damaged' })
  assert.throws(() => unpackLznt1(Buffer.of(0x03, 0xb0, 0x02, 9, 0xff, 0x0f), 4096), { code: 'file-system-damaged' })
})
