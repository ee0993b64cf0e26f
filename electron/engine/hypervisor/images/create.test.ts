import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import test from 'node:test'
import { failsWith } from '../hypervisor.suite.ts'
import { draftImages } from './create.ts'
import { newMachine, scratchFolder } from './image-folder.rig.ts'

const signal = new AbortController().signal

test('a file that takes the name at the last moment stays, and the draft goes', async () => {
  await using scratch = await scratchFolder()
  const file = path.join(scratch.folder, 'web.raw')
  {
    await using draft = await draftImages(scratch.folder, newMachine('web', 'raw'), signal)
    await writeFile(file, 'somebody else’s')
    await failsWith('target-exists', draft.publish(signal))
  }
  assert.equal(await readFile(file, 'utf8'), 'somebody else’s')
  assert.deepEqual(await readdir(scratch.folder), ['web.raw'])
})

test('a folder that takes the name at the last moment stays, empty or not', async () => {
  await using scratch = await scratchFolder()
  const folder = path.join(scratch.folder, 'web')
  for (const inside of ['', 'precious.raw']) {
    await using draft = await draftImages(scratch.folder, newMachine('web', 'raw', 'a', 'b'), signal)
    await mkdir(folder)
    if (inside !== '') await writeFile(path.join(folder, inside), 'bytes')
    await failsWith('target-exists', draft.publish(signal))
    assert.deepEqual(await readdir(folder), inside === '' ? [] : [inside])
    await draft[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
  assert.deepEqual(await readdir(scratch.folder), [])
})

test('nothing is visible before it is published, everything afterwards', async () => {
  await using scratch = await scratchFolder()
  {
    await using draft = await draftImages(scratch.folder, newMachine('web', 'raw', 'a', 'b'), signal)
    const visible = (await readdir(scratch.folder)).filter((name) => !name.startsWith('.'))
    assert.deepEqual(visible, [])
    assert.equal(await draft.publish(signal), path.join(scratch.folder, 'web'))
  }
  assert.deepEqual(await readdir(scratch.folder), ['web'])
  assert.deepEqual((await readdir(path.join(scratch.folder, 'web'))).toSorted(), ['a.raw', 'b.raw'])
})

test('two disks whose names would be one file are refused', async () => {
  await using scratch = await scratchFolder()
  await failsWith('target-exists', draftImages(scratch.folder, newMachine('web', 'raw', '/', '%2F'), signal))
  assert.deepEqual(await readdir(scratch.folder), [])
})

test('a cancelled publication leaves nothing', async () => {
  await using scratch = await scratchFolder()
  {
    await using draft = await draftImages(scratch.folder, newMachine('web', 'raw'), signal)
    await assert.rejects(draft.publish(AbortSignal.abort()), { name: 'AbortError' })
  }
  assert.deepEqual(await readdir(scratch.folder), [])
})
