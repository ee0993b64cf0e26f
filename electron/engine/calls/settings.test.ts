import assert from 'node:assert/strict'
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { test } from 'node:test'
import { firstSettings } from '../../../shared/settings.ts'
import { never, openConsole, place } from '../proof/walk.ts'
import { listFolders } from './folders.ts'

test('settings are the first ones until they are changed, and then stay changed over a restart', async () => {
  await using at = await place()
  {
    await using console = await openConsole(at.at('home'))
    assert.deepEqual(await console.calls.getSettings(null, never), firstSettings)
    await console.calls.changeSettings({ language: 'zh-CN', quietDays: 7 }, never)
    const changed = await console.calls.changeSettings({ theme: 'dark' }, never)
    assert.deepEqual(changed, { ...firstSettings, language: 'zh-CN', quietDays: 7, theme: 'dark' })
    assert.equal(console.said.filter((said) => said.includes('settingsChanged')).length, 2)
  }
  await using console = await openConsole(at.at('home'))
  const kept = await console.calls.getSettings(null, never)
  assert.deepEqual(kept, { ...firstSettings, language: 'zh-CN', quietDays: 7, theme: 'dark' })
  const spoken = await console.calls.changeSettings({ language: null }, never)
  assert.deepEqual(spoken, { ...firstSettings, quietDays: 7, theme: 'dark' })
})

test('the console tells what it is', async () => {
  await using at = await place()
  const about = { version: '1.2.3', carrier: 'electron', secrets: 'system' } as const
  await using console = await openConsole(at.at('home'), { about })
  assert.deepEqual(await console.calls.about(null, never), { ...about, home: at.at('home') })
})

test('without a folder the sample lies in the home, and its folder is a host', async () => {
  await using at = await place()
  await using console = await openConsole(at.at('home'))
  const { machineId, hostId } = await console.calls.createSample({}, never)
  const [host] = await console.calls.listHosts(null, never)
  assert.deepEqual([host?.id, host?.address], [hostId, { kind: 'images', folder: at.at('home', 'sample') }])
  assert.equal(await console.machineNamed('sample-shop'), machineId)
})

test('folders are told by absolute paths in the order of their names; files, links and hidden ones are not', async () => {
  await using at = await place('b10', 'b9', 'A', '.hidden', '备份')
  await writeFile(at.at('file'), '')
  await symlink(at.at('A'), at.at('link'))
  const top = await realpath(at.at())
  const listed = await listFolders(top)
  assert.equal(listed.folder, top)
  assert.deepEqual(new Set(listed.folders), new Set(['A', 'b9', 'b10', '备份'].map((name) => `${top}/${name}`)))
  const latin = listed.folders.filter((folder) => !folder.endsWith('备份'))
  assert.deepEqual(
    latin,
    ['A', 'b9', 'b10'].map((name) => `${top}/${name}`),
  )
  const linked = await listFolders(at.at('link'))
  assert.deepEqual([linked.folder, linked.parent, linked.folders], [`${top}/A`, top, []])
})

test('the top has no parent, and looking begins at home', async () => {
  assert.equal((await listFolders('/')).parent, undefined)
  await using at = await place()
  await using console = await openConsole(at.at('home'))
  assert.equal((await console.calls.listFolders({}, never)).folder, await realpath(homedir()))
})

test('what cannot be listed is an invalid argument', async () => {
  await using at = await place()
  await writeFile(at.at('file'), '')
  for (const folder of ['relative', at.at('missing'), at.at('file'), `${at.at()}\u0000`, '']) {
    await assert.rejects(listFolders(folder), { code: 'invalid-argument' }, folder)
  }
})

test('a folder that may not be read is an invalid argument', {
  skip: process.getuid?.() === 0 && 'root reads everything',
}, async () => {
  await using at = await place()
  await mkdir(at.at('closed'))
  await chmod(at.at('closed'), 0)
  await assert.rejects(listFolders(at.at('closed')), { code: 'invalid-argument' })
})
