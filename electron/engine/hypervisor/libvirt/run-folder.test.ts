import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { deadRunFolders, isAlive, openRunFolder, removeRunFolder } from './run-folder.ts'
import { readRecords, removeRecord, type SessionRecord, writeRecord } from './session-record.ts'

async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sp-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test('a folder is alive until it is closed, and nothing of it stays', async () => {
  await using home = await scratch()
  const base = join(home.path, 'stillpoint')
  {
    await using folder = await openRunFolder(base, undefined)
    assert.equal(await isAlive(folder.path), true)
    assert.deepEqual(await deadRunFolders(base), [])
  }
  assert.deepEqual(await readdir(base), [])
})

test('a folder that nobody answers for is dead and can be removed', async () => {
  await using home = await scratch()
  const left = join(home.path, 'sp-run-000000000000')
  await mkdir(left)
  await writeFile(`${left}.alive`, '')
  assert.deepEqual(await deadRunFolders(home.path), [left])
  await removeRunFolder(left)
  assert.deepEqual(await readdir(home.path), [])
})

test('a base that others may write is refused', async () => {
  await using home = await scratch()
  await chmod(home.path, 0o777)
  await assert.rejects(openRunFolder(home.path, undefined), { code: 'host-refused' })
})

test('a record is read back until it is removed, and damaged ones do not hide it', async () => {
  await using home = await scratch()
  const record = {
    kind: 'backup',
    uri: 'qemu:///system',
    machineId: '11111111-2222-3333-4444-555555555555',
    pointId: 'a'.repeat(32),
    checkpoint: 'sp-x',
    runFolder: '/run/x',
    files: ['/images/x'],
  } satisfies SessionRecord
  assert.deepEqual(await readRecords(home.path), [])
  await writeRecord(home.path, record)
  await writeFile(join(home.path, 'sessions', 'torn.json'), '{"machineId":')
  assert.deepEqual(await readRecords(home.path), [record])
  await removeRecord(home.path, record.pointId)
  assert.deepEqual(await readRecords(home.path), [])
})
