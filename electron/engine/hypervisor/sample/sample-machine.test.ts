import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { isAbort } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { createSampleMachine, sampleDisk } from './sample-machine.ts'

const signal = new AbortController().signal

test('the same seed and time give the same bytes, another seed or time gives others', () => {
  assert.equal(digest(1, 1_790_000_000), digest(1, 1_790_000_000))
  assert.notEqual(digest(1, 1_790_000_000), digest(2, 1_790_000_000))
  assert.notEqual(digest(1, 1_790_000_000), digest(1, 1_790_000_001))
})

test('the disk is sparse: 128 MiB that hold less than 10', () => {
  const pieces = sampleDisk(1, 1_790_000_000)
  const held = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)
  assert.ok(held > 6 * MiB && held < 10 * MiB)
  assert.ok(pieces.every(({ offset, bytes }) => offset + bytes.length <= 128 * MiB))
})

test('a second sample gets a name of its own and the first stays as it was', async () => {
  await using scratch = await scratchFolder()
  const folder = path.join(scratch.path, 'new', 'folder')
  assert.equal(await createSampleMachine(folder, signal), 'sample-shop')
  const first = await readFile(path.join(folder, 'sample-shop.raw'))
  assert.equal(first.length, 128 * MiB)
  assert.equal(await createSampleMachine(folder, signal), 'sample-shop-2')
  assert.ok(first.equals(await readFile(path.join(folder, 'sample-shop.raw'))))
  assert.deepEqual((await readdir(folder)).toSorted(), ['sample-shop-2.raw', 'sample-shop.raw'])
  assert.ok((await stat(path.join(folder, 'sample-shop.raw'))).blocks * 512 < 20 * MiB)
})

test('a cancelled sample leaves nothing behind', async () => {
  await using scratch = await scratchFolder()
  await assert.rejects(createSampleMachine(scratch.path, AbortSignal.abort()), isAbort)
  assert.deepEqual(await readdir(scratch.path), [])
})

function digest(seed: number, nowSeconds: number): string {
  const hash = createHash('sha256')
  for (const { offset, bytes } of sampleDisk(seed, nowSeconds)) hash.update(`${offset} `).update(bytes)
  return hash.digest('hex')
}

async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sample-'))
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
