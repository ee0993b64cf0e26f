import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { stateFile } from './state-file.ts'

async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'state-file-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

test('the value written last is read, in a folder that was not there, and nothing else stays', async (t) => {
  const folder = path.join(await scratch(t), 'home')
  const file = stateFile(path.join(folder, 'a.json'))
  assert.equal(await file.read(), undefined)
  await Promise.all([1, 2, 3].map((value) => file.write({ value })))
  assert.deepEqual(await file.read(), { value: 3 })
  assert.deepEqual(await readdir(folder), ['a.json'])
  if (process.platform !== 'win32') assert.equal((await stat(path.join(folder, 'a.json'))).mode & 0o777, 0o600)
})

test('a file that is no JSON reads as none', async (t) => {
  const name = path.join(await scratch(t), 'a.json')
  await writeFile(name, '{"half":')
  assert.equal(await stateFile(name).read(), undefined)
})

test('a write that fails says so, leaves nothing behind, and does not stop the next', async (t) => {
  const folder = await scratch(t)
  const name = path.join(folder, 'a.json')
  const file = stateFile(name)
  const circle: { self?: unknown } = {}
  circle.self = circle
  await assert.rejects(file.write(circle))
  await file.write('after')
  assert.equal(await file.read(), 'after')
  assert.deepEqual(await readdir(folder), ['a.json'])
})
