import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build, createTargets, Platform } from 'electron-builder'
import { EngineThread } from '../electron/host/engine-thread.ts'
import { connect } from '../shared/wire.ts'
import { packaging } from './electron-builder.ts'

/**
 * Packs the built console (`npm run build` first) for Linux as a folder, around a stand-in for Electron's own files: no
 * network, no Electron. What is proven is the packagers' configuration, what goes along and where, and that the threads run
 * from where they were packed.
 */
const top = path.join(import.meta.dirname, '..')
const dist = process.env['STILLPOINT_DIST'] ?? path.join(top, 'dist')
const platform = `linux-${process.arch}`

/** The row of fuses in Electron's binary: this mark, the version 1, how many there are, and one digit each (`@electron/fuses`). */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fusesBefore = '10110001'

async function standIn(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'locales'), { recursive: true })
  await mkdir(path.join(folder, 'resources'))
  const wire = Buffer.concat([Buffer.from(fuseMark), Buffer.from([1, fusesBefore.length]), Buffer.from(fusesBefore)])
  await writeFile(path.join(folder, 'electron'), wire)
  await chmod(path.join(folder, 'electron'), 0o755)
  for (const name of [
    'LICENSE',
    'version',
    'chrome-sandbox',
    'locales/en-US.pak',
    'locales/zh-CN.pak',
    'locales/fr.pak',
  ])
    await writeFile(path.join(folder, name), '45.4.1')
}

/** Packs, and answers the folder of the packed application. */
async function pack(t: TestContext): Promise<string> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-pack-'))
  t.after(() => rm(scratch, { recursive: true, force: true }))
  const electronDist = path.join(scratch, 'electron')
  await standIn(electronDist)
  const config = { ...packaging(dist), electronDist, directories: { output: path.join(scratch, 'out') } }
  await build({ projectDir: top, config, targets: createTargets([Platform.LINUX], 'dir'), publish: 'never' })
  const made = await readdir(path.join(scratch, 'out'))
  const folder = made.find((name) => name.endsWith('unpacked'))
  assert.ok(folder !== undefined, `made: ${made.join()}`)
  return path.join(scratch, 'out', folder)
}

type Entry = { readonly files?: Readonly<Record<string, Entry>> }

/** Every path in Electron's archive format: four numbers of 32 bits, the last the size of the JSON header that follows. */
async function pathsIn(archive: string): Promise<readonly string[]> {
  const bytes = await readFile(archive)
  const header = bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString()
  const walk = (folder: Entry, above: string): readonly string[] =>
    Object.entries(folder.files ?? {}).flatMap(([name, entry]) => [above + name, ...walk(entry, `${above}${name}/`)])
  return walk(JSON.parse(header) as Entry, '')
}

test('a package holds what runs, the licences, and nothing else', async (t) => {
  const app = await pack(t)
  const resources = path.join(app, 'resources')
  const all = await pathsIn(path.join(resources, 'app.asar'))

  await t.test('in the archive lie the main process, the preload and the window', () => {
    for (const name of ['package.json', 'dist/main.js', 'dist/preload.cjs', 'dist/renderer/index.html'])
      assert.ok(all.includes(name), name)
  })

  await t.test('beside it lie the threads and the native part, for this system only', async () => {
    const outside = await readdir(path.join(resources, 'app.asar.unpacked'), { recursive: true })
    for (const name of [
      'thread.js',
      'chunk-worker.js',
      'seven-zip-worker.js',
      '7zz.wasm',
      'freeze-watchdog.js',
      'restore-without-us.mjs',
    ])
      assert.ok(outside.includes(`dist/${name}`), name)
    assert.deepEqual(
      outside.filter((name) => name.endsWith('.node')),
      [`node_modules/better-sqlite3/prebuilds/${platform}.node`],
    )
    assert.ok(!outside.includes('dist/main.js') && !outside.includes('dist/renderer'))
  })

  await t.test('no source, test, map, tool or needless package goes along', () => {
    const foreign = all.filter((name) =>
      /\.(tsx?|[ch]pp|c|h|gyp|map|test\.js)$|^(electron|renderer|shared|build|e2e|\.git)/.test(name),
    )
    assert.deepEqual(foreign, [])
    const packages = all.filter((name) => /^node_modules\/(@[^/]+\/)?[^/@]+$/.test(name))
    assert.deepEqual(packages, ['node_modules/better-sqlite3'])
    assert.deepEqual(
      all.filter((name) => /^dist\/(cli|headless|hosts-|packages|icon)/.test(name)),
      [],
    )
  })

  await t.test('licences lie where people can read them', async () => {
    assert.match(await readFile(path.join(resources, 'LICENSE.txt'), 'utf8'), /Apache License/)
    const engine = await readFile(path.join(resources, 'licenses/licenses-engine.md'), 'utf8')
    assert.match(engine, /pino/)
    assert.match(await readFile(path.join(resources, 'licenses/renderer/licenses-window.md'), 'utf8'), /react/)
    assert.match(await readFile(path.join(resources, 'licenses/better-sqlite3.txt'), 'utf8'), /MIT License/)
  })

  await t.test('the fuses are set: only our archive, no plain Node, no debugger, cookies sealed', async () => {
    const binary = await readFile(path.join(app, 'stillpoint'))
    const from = binary.indexOf(fuseMark) + fuseMark.length + 2
    assert.equal(binary.subarray(from, from + fusesBefore.length).toString(), '01001100')
  })

  await t.test('of the languages of Electron itself only ours go along', async () => {
    assert.deepEqual((await readdir(path.join(app, 'locales'))).toSorted(), ['en-US.pak', 'zh-CN.pak'])
  })

  await t.test('the engine starts from where it was packed', async () => {
    const entry = pathToFileURL(path.join(resources, 'app.asar.unpacked/dist/thread.js'))
    await using engine = new EngineThread({ home: path.join(app, 'home'), entry, unattended: false })
    using port = engine.attach()
    const { calls } = connect<AbortSignal>(port)
    assert.deepEqual(await calls.listHosts(null), [])
    const folder = path.join(app, 'backups')
    await mkdir(folder)
    const made = await calls.createRepository({ address: { kind: 'folder', folder }, passphrase: 'correct horse' })
    assert.equal(made.recoveryWords.split(' ').length, 24)
  })
})
