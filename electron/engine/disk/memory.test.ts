import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { writableDiskSuite } from './disk.suite.ts'
import { memoryDisk } from './memory.ts'

const signal = new AbortController().signal

writableDiskSuite('memory', async (sizeBytes) => memoryDisk(sizeBytes))

test('only the access that was chosen to fail fails', async () => {
  await using disk = memoryDisk(8192, ({ kind, offset }) => {
    if (kind === 'read' && offset === 4096) throw new Failure('disk-unreadable', 'EIO at 4096')
  })
  await disk.write(4096, new Uint8Array(512).fill(1), signal)
  await disk.read(0, new Uint8Array(512), signal)
  await assert.rejects(disk.read(4096, new Uint8Array(512), signal), { code: 'disk-unreadable' })
})
