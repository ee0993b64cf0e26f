import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { memoryDisk } from '../disk/memory.ts'
import { openFound } from '../guest/open.ts'
import { findVolumes } from '../guest/volumes/volumes.ts'
import { OpenedPoint } from './opened-point.ts'

/** A header by which LUKS is known, and nothing behind it. */
async function locked(signal: AbortSignal): Promise<ReadableDisk> {
  const disk = memoryDisk(1 << 20)
  await disk.write(0, Buffer.from('4c554b53babe0002', 'hex'), signal)
  return disk
}

async function pointWith(unlock: ((passphrase: string) => Promise<ReadableDisk>) | undefined, signal: AbortSignal) {
  const disks = [{ name: 'vda', disk: await locked(signal) }]
  const guests = { findVolumes, openFound, ...(unlock && { unlock: (_: ReadableDisk, said: string) => unlock(said) }) }
  return new OpenedPoint(guests, { disks, isCurrent: () => true, async [Symbol.asyncDispose]() {} }, signal)
}

test('what lies behind the encryption takes the place of the locked volume until the point is closed', async (t) => {
  let closed = 0
  const plain = memoryDisk(1 << 20)
  // Of all contents swap needs the least: a signature at the end of the first page.
  await plain.write(4086, Buffer.from('SWAPSPACE2'), t.signal)
  const unlock = async (said: string): Promise<ReadableDisk> => {
    if (said !== 'right') throw new Failure('passphrase-wrong', 'no')
    const read: ReadableDisk['read'] = (offset, into, signal) => plain.read(offset, into, signal)
    const allocated: ReadableDisk['allocated'] = (signal) => plain.allocated(signal)
    return { sizeBytes: plain.sizeBytes, read, allocated, [Symbol.asyncDispose]: async () => void closed++ }
  }
  {
    await using point = await pointWith(unlock, t.signal)
    await assert.rejects(point.unlock('vda', 'wrong', t.signal), { code: 'passphrase-wrong' })
    assert.deepEqual((await point.volumes())[0]?.refusal, 'encrypted')
    await point.unlock('vda', 'right', t.signal)
    const [volume, ...more] = await point.volumes()
    assert.deepEqual([volume?.id, volume?.content, volume?.disks, more.length], ['vda', 'swap', ['vda'], 0])
    await assert.rejects(point.unlock('vda', 'right', t.signal), { code: 'invalid-argument' })
    await assert.rejects(point.unlock('vdb', 'right', t.signal), { code: 'volume-not-found' })
    assert.equal(closed, 0)
  }
  assert.equal(closed, 1)
})

test('where nobody opens it, a locked volume says so', async (t) => {
  await using point = await pointWith(undefined, t.signal)
  await assert.rejects(point.unlock('vda', 'right', t.signal), { code: 'volume-unsupported' })
})
