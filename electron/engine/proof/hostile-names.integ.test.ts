import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { KiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { type Console, needPoint, never, openConsole, type Place, passphrase, place } from './walk.ts'

/** Names that guests' owners may give: each machine is known by its UUID, and its name is never more than text. */

const run = promisify(execFile)
const chance = chanceFrom(20_260_105)
const cli = fileURLToPath(new URL('../../cli.ts', import.meta.url))

const names = [
  '--all',
  '-rf',
  '--',
  '-',
  '`id`',
  '$(id)',
  '$HOME',
  '$IFS',
  ';rm -rf ~',
  '| tee x',
  '&& true',
  '> x',
  '< x',
  "'; DROP TABLE points; --",
  '" OR "1"="1',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)<',
  '&amp;&#x41;',
  '<![CDATA[x]]>',
  '{{7*7}}',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%00',
  '%s%n%d',
  'we..b',
  'web..',
  '-..',
  'a\\b',
  'x\\..\\..\\y',
  'C:\\x',
  'con',
  'nul',
  'a:b',
  'nbd:unix:x',
  'json:{"driver":"raw"}',
  '*',
  '?',
  '[a-z]',
  '~',
  '~root',
  '!1',
  '#',
  '1234567890',
  '007',
  '-1',
  'true',
  'null',
  '__proto__',
  'constructor',
  'line\nbreak',
  'tab\tbed',
  'bell\u0007',
  'esc\u001b[31mred',
  '\u202etxt.exe',
  '\u200binvisible',
  ' leading and trailing ',
  '虚拟机 一号',
  '仮想マシン',
  '👩‍💻🔥',
  'e\u0301 and é',
  'x'.repeat(200),
  '数'.repeat(66),
  'web.qcow2',
  'web.partial.bak',
  'p=1;q="2"',
]

test('no names are doubled in the list', () => {
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.length >= 60)
})

async function withMachines(): Promise<{ folder: Place; console: Console; repositoryId: string; hostId: string }> {
  const folder = await place('images', 'home', 'out')
  for (const name of names) await writeFile(folder.at('images', `${name}.raw`), chance.bytes(4 * KiB))
  const console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  const hostId = await console.addImages(folder.at('images'))
  return { folder, console, repositoryId, hostId }
}

/** What a restore put below the place, and that it put nothing anywhere else. */
function assertOnlyIn(folder: Place, allowed: readonly string[]): void {
  assert.deepEqual(readdirSync(folder.at()).toSorted(), [...allowed].toSorted())
}

test('machines with hostile names are listed as they are, backed up and restored, and nothing else happens', async () => {
  const { folder, console, repositoryId, hostId } = await withMachines()
  await using owned = new AsyncDisposableStack()
  owned.use(folder)
  owned.use(console)
  const machines = await console.calls.listMachines(null, never)
  assert.deepEqual(machines.map(({ name }) => name).toSorted(), names.toSorted())
  const runs = machines.map(async (machine) => {
    const pointId = needPoint(await console.backUp(machine.id, repositoryId))
    const bytes = await readFile(folder.at('images', `${machine.name}.raw`))
    const images = await console.restore(pointId, { kind: 'images', folder: folder.at('out'), format: 'raw' })
    assert.equal(images.state, 'done', `${machine.name}: ${images.failure?.message}`)
    assert.equal(path.dirname(images.target ?? ''), folder.at('out'))
    assert.ok((await readFile(images.target ?? '')).equals(bytes), machine.name)
    const name = `${machine.name.slice(0, 190)} again`
    const made = await console.restore(pointId, { kind: 'new-machine', name, hostId })
    assert.equal(made.state, 'done', `${machine.name}: ${made.failure?.message}`)
    return { pointId, machine, made: made.machineId, name }
  })
  const ended = await Promise.all(runs)
  const after = await console.calls.listMachines(null, never)
  assert.equal(after.length, 2 * names.length)
  for (const { made, name } of ended)
    assert.equal(after.find(({ id }) => id === made)?.name.slice(0, 60), name.slice(0, 60))
  for (const { pointId, machine } of ended) {
    const point = await console.calls.showPoint({ pointId }, never)
    assert.deepEqual([point.machineName, point.machineId], [machine.name, machine.id])
  }
  assert.equal((await readdir(folder.at('out'))).length, names.length)
  assertOnlyIn(folder, ['home', 'images', 'out', 'repository'])
})

test('a new machine of a name that is a path or hidden lies in its folder, visible, and nowhere else', async () => {
  await using folder = await place('images', 'home')
  const bytes = chance.bytes(4 * KiB)
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  const hostId = await console.addImages(folder.at('images'))
  const pointId = needPoint(await console.backUp(await console.machineNamed('web'), repositoryId))
  const paths = ['../x', '../../x', '/etc/x', '..', '.', '.hidden', 'a/b', 'a/../../b', 'nul\u0000x', 'x.partial']
  for (const name of paths) {
    const made = await console.restore(pointId, { kind: 'new-machine', name, hostId })
    assert.equal(made.state, 'done', `${name}: ${made.failure?.message}`)
  }
  assert.equal((await console.calls.listMachines(null, never)).length, paths.length + 1)
  const files = (await readdir(folder.at('images'))).filter((name) => name !== '.stillpoint-host')
  assert.equal(files.length, paths.length + 1)
  for (const file of files) assert.ok((await readFile(folder.at('images', file))).equals(bytes), file)
  assertOnlyIn(folder, ['home', 'images', 'repository'])
})

test('from a shell, machines with hostile names are found by name and by id, and shown as JSON', async () => {
  await using folder = await place('images', 'out')
  const few = ['--all', '-rf', '$(touch pwned)', '`touch pwned`', ';touch pwned', 'line\nbreak', '👩‍💻', '%2e%2e%2f']
  for (const name of few) await writeFile(folder.at('images', `${name}.raw`), chance.bytes(4 * KiB))
  await writeFile(folder.at('pass'), passphrase)
  const stillpoint = async (...words: readonly string[]) => {
    const args = [cli, ...words.toSpliced(1, 0, '--home', folder.at('home'))]
    const { stdout } = await run(process.execPath, args, { cwd: folder.at() })
    return JSON.parse(stdout)
  }
  await run(process.execPath, [cli, 'host', 'add', '--images', folder.at('images'), '--home', folder.at('home')])
  const created = await run(
    process.execPath,
    [
      cli,
      'repository',
      'create',
      '--folder',
      folder.at('repository'),
      '--passphrase-file',
      folder.at('pass'),
      '--home',
      folder.at('home'),
    ],
    { cwd: folder.at() },
  )
  const { repositoryId } = JSON.parse(created.stdout) as { repositoryId: string }
  for (const name of few) {
    const point = await stillpoint('backup', '--repository', repositoryId, '--', name)
    assert.equal(point.machineName, name)
    const restored = await stillpoint('restore', point.pointId, '--to-images', folder.at('out'))
    assert.equal(path.dirname(restored.files[0]), folder.at('out'))
    assert.ok((await readFile(restored.files[0])).equals(await readFile(folder.at('images', `${name}.raw`))))
  }
  assertOnlyIn(folder, ['home', 'images', 'out', 'pass', 'repository'])
})
