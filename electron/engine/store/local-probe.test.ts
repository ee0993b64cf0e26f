import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { createLocalStore } from './local.ts'
import { probeLocal } from './local-probe.ts'

const signal = new AbortController().signal
const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-probe-'))
after(() => rm(scratch, { recursive: true, force: true }))

async function holds(folder: string): Promise<string> {
  return (await probeLocal(folder, signal)).holds
}

test('what lies in a folder is told, and looking at it leaves it as it is', async () => {
  const folder = path.join(scratch, 'a', 'b')
  assert.equal(await holds(folder), 'nothing')
  assert.deepEqual(await readdir(scratch), [])
  await using store = await createLocalStore(folder, signal)
  assert.equal(await holds(folder), 'nothing')
  await store.put('config', new Uint8Array(1), signal)
  assert.equal(await holds(folder), 'repository')
  const other = path.join(scratch, 'other')
  await mkdir(path.join(other, 'lost+found'), { recursive: true })
  assert.equal(await holds(other), 'nothing')
  await writeFile(path.join(other, 'holiday.jpg'), '')
  assert.equal(await holds(other), 'other')
  assert.deepEqual((await readdir(other)).toSorted(), ['holiday.jpg', 'lost+found'])
})

test('how much the place takes is told, also before it is there', async () => {
  const { freeBytes = 0, totalBytes = 0 } = await probeLocal(path.join(scratch, 'later'), signal)
  assert.ok(freeBytes > 0 && freeBytes <= totalBytes)
})

test('a place in which nothing could be written is refused', async () => {
  const file = path.join(scratch, 'file')
  await writeFile(file, '')
  for (const place of [file, path.join(file, 'below')]) {
    await assert.rejects(holds(place), { code: 'repository-unreachable' }, place)
  }
  await assert.rejects(holds('backups'), { code: 'invalid-argument' })
})

test('an open store tells the space of its own file system', async () => {
  await using store = await createLocalStore(path.join(scratch, 'space'), signal)
  const [one, other] = await Promise.all([store.space(signal), store.space(signal)])
  assert.ok(one !== undefined && other !== undefined && one.totalBytes === other.totalBytes)
  await assert.rejects(store.space(AbortSignal.abort()), { name: 'AbortError' })
})
