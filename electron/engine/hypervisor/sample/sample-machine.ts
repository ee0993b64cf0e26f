import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { systemClock } from '../../base/clock.ts'
import { draftImages } from '../images/create.ts'
import { type Piece, writeExt4 } from './ext4.ts'
import { encodePartitionTable } from './partition.ts'
import { shopTree } from './shop.ts'

const machineName = 'sample-shop'
const diskBytes = 128 * MiB
const partitionStart = 1 * MiB
const namesTried = 99

/**
 * Puts a small machine into `folder`, which is made where it is missing: one raw, sparse disk of 128 MiB with a partition
 * and an ext4 file system for people to try the console on. It cannot boot. Answers its name: `sample-shop`, or the next
 * free one with a number. Nothing is overwritten. Fails with `target-exists`, `target-failed`, `no-space`.
 */
export async function createSampleMachine(folder: string, signal: AbortSignal): Promise<string> {
  await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    throw new Failure('target-failed', `${folder} cannot be made: ${String(thrown)}`, { cause: thrown })
  })
  const pieces = sampleDisk(1, Math.floor(systemClock.now() / 1000))
  for (let number = 1; number <= namesTried; number++) {
    const name = number === 1 ? machineName : `${machineName}-${number}`
    if (await writeUnlessTaken(folder, name, pieces, signal)) return name
  }
  throw new Failure('target-exists', `${folder} holds ${namesTried} samples already`)
}

/** Everything on the disk that is not zero. The same seed and time give the same bytes. */
export function sampleDisk(seed: number, nowSeconds: number): readonly Piece[] {
  const identity = createHash('sha256').update(`sample ${seed}`).digest()
  const uuid = identity.subarray(0, 16)
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6)
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8)
  const partitionBytes = diskBytes - partitionStart
  const volume = { uuid, label: machineName, madeAt: nowSeconds }
  const table = encodePartitionTable(identity.readUInt32LE(16), partitionStart, partitionBytes)
  const pieces = writeExt4(partitionBytes, shopTree(seed, nowSeconds), volume)
  return [
    { offset: 0, bytes: table },
    ...pieces.map(({ offset, bytes }) => ({ offset: partitionStart + offset, bytes })),
  ]
}

async function writeUnlessTaken(
  folder: string,
  name: string,
  pieces: readonly Piece[],
  signal: AbortSignal,
): Promise<boolean> {
  const disks = [{ name, sizeBytes: diskBytes, format: 'raw' as const }]
  const machine = { name, definition: undefined, attachments: [], disks, storage: undefined }
  try {
    await using draft = await draftImages(path.resolve(folder), machine, signal)
    for (const { disk } of draft.disks) {
      for (const { offset, bytes } of pieces) await disk.write(offset, bytes, signal)
    }
    await draft.publish(signal)
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'target-exists') return false
    throw thrown
  }
}
