import assert from 'node:assert/strict'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { askSpace, soon } from './space.ts'

const never = new AbortController().signal

test('a folder that does not exist yet would lie where the first one above it lies', async () => {
  const { totalBytes, freeBytes } = await askSpace(path.join(tmpdir(), 'no', 'such', 'folder'))
  const { blocks, bsize } = await statfs(tmpdir())
  assert.equal(totalBytes, blocks * bsize)
  assert.ok(freeBytes > 0 && freeBytes <= totalBytes)
})

test('a place that never answers, or refuses, is told as nothing; a caller who gives up hears so', async () => {
  const hangs = new Promise<never>(() => {})
  assert.equal(await soon(hangs, never), undefined)
  assert.equal(await soon(Promise.reject(new Error('EIO')), never), undefined)
  assert.equal(await soon(Promise.resolve(7), never), 7)
  await assert.rejects(soon(hangs, AbortSignal.abort()), { name: 'AbortError' })
})
