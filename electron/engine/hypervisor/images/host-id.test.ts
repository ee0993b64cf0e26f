import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test, { type TestContext } from 'node:test'
import { hostIdOf, identityFile } from './host-id.ts'

test('a folder keeps its identity when it is renamed, and a copy is the same host', async (t) => {
  const scratch = await scratchFolder(t)
  const [first, second, third] = ['first', 'second', 'third'].map((name) => path.join(scratch, name))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await mkdir(first)
  const id = await hostIdOf(first)
  assert.equal(await hostIdOf(first), id)
  await rename(first, second)
  assert.equal(await hostIdOf(second), id)
  await cp(second, third, { recursive: true })
  assert.equal(await hostIdOf(third), id)
  await rm(path.join(third, identityFile))
  assert.notEqual(await hostIdOf(third), id)
})

test('engines that meet a new folder at once agree, and leave one file', async (t) => {
  const scratch = await scratchFolder(t)
  const ids = await Promise.all(Array.from({ length: 20 }, () => hostIdOf(scratch)))
  assert.equal(new Set(ids).size, 1)
  assert.deepEqual(await readdir(scratch), [identityFile])
})

test('an identity that was cut off is written anew and then stays', async (t) => {
  const scratch = await scratchFolder(t)
  for (const damaged of ['', '1234', 'not an identity']) {
    await writeFile(path.join(scratch, identityFile), damaged)
    const id = await hostIdOf(scratch)
    assert.equal(await hostIdOf(scratch), id)
    assert.equal(await readFile(path.join(scratch, identityFile), 'utf8'), `${id}\n`)
  }
})

test('where the file cannot be had, the place is the identity, and a link at the file’s place is not followed', async (t) => {
  const scratch = await scratchFolder(t)
  const secret = path.join(scratch, 'secret')
  await writeFile(secret, '00000000-0000-4000-8000-000000000000\n')
  const folder = path.join(scratch, 'folder')
  await mkdir(folder)
  await symlink(secret, path.join(folder, identityFile))
  const id = await hostIdOf(folder)
  assert.notEqual(id, '00000000-0000-4000-8000-000000000000')
  await rename(folder, path.join(scratch, 'moved'))
  assert.equal(await hostIdOf(path.join(scratch, 'moved')), id)
  await mkdir(folder)
  assert.notEqual(await hostIdOf(folder), id)
})

async function scratchFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'host-id-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}
