import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { startPool } from '../../electron/engine/chunk/pool.ts'
import { append, entries } from '../../electron/engine/repository/damage-rig.ts'
import { manifestPath } from '../../electron/engine/repository/format/manifest.ts'
import { newRecoveryKey } from '../../electron/engine/repository/format/recovery.ts'
import type { SlotLock } from '../../electron/engine/repository/format/slot.ts'
import type { Repository } from '../../electron/engine/repository/repository.ts'
import {
  makePoint,
  never,
  newRepository,
  noise,
  passphrase,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from '../../electron/engine/repository/test-rig.ts'
import { bundleBreakGlass, scriptFile } from './bundle.ts'

let home: string
let words: string
const newer = noise(2, 7 * testChunkBytes)
const disk = noise(1, 2100 * testChunkBytes + 512)
disk.fill(0, 10 * testChunkBytes, 1200 * testChunkBytes)

/** A folder with the repository and the script, and nothing else of ours anywhere near. */
before(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'break-glass-'))
  await using pool = startPool(1)
  const rig = await newRepository(pool)
  const recovery = newRecoveryKey()
  await fill(await reopen(pool, rig), recovery.lock)
  purge(rig, 3)
  write(rig, 'repository')
  words = rig.recoveryWords
  append(rig, 'tide', { height: 3 })
  write(rig, 'later')
  writeFileSync(path.join(home, 'key.txt'), recovery.text)
  copyFileSync(scriptFile, path.join(home, 'restore-without-us.mjs'))
  writeFileSync(path.join(home, 'pass.txt'), `${passphrase}\n`)
  writeFileSync(path.join(home, 'words.txt'), words)
  writeFileSync(path.join(home, 'wrong.txt'), 'wrong')
})

/** Points of two epochs, one that is dropped; 3 is to be purged. */
async function fill(repository: Repository, lock: SlotLock): Promise<void> {
  await using filled = repository
  await makePoint(filled, 1, [
    { name: 'vda', sizeBytes: disk.length, writes: [{ offset: 0, bytes: disk }] },
    { name: 'empty', sizeBytes: 4 * testChunkBytes },
  ])
  await filled.addSlot(lock, never)
  await filled.renewEpoch(never)
  const bytes = Buffer.concat([disk.subarray(0, 3 * testChunkBytes), newer])
  await makePoint(filled, 2, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  await makePoint(filled, 3, [])
  await filled.drop([pointIdOf(2), pointIdOf(3)], 'person', never)
}

/** As a sweep leaves it, of which nothing else is wanted here. */
function purge(rig: TestRepository, number: number): void {
  const pointId = pointIdOf(number)
  const entry = entries(rig).find((each) => each.kind === 'point' && each.pointId === pointId)
  append(rig, 'purge', { pointIds: [pointId], fence: 1 })
  rig.store.objects.delete(manifestPath(entry?.kind === 'point' ? entry.manifest : ''))
}

function write({ store }: TestRepository, folder: string): void {
  writeAll(store.objects, folder)
}

function writeAll(objects: Iterable<readonly [string, Uint8Array]>, folder: string): void {
  for (const [name, bytes] of objects) {
    const file = path.join(home, folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
}
after(() => rmSync(home, { recursive: true, force: true }))

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const all = ['restore-without-us.mjs', ...args]
  return spawnSync(process.execPath, all, { cwd: home, encoding: 'utf8', env: {} })
}

const withPassphrase = ['repository', '--passphrase-file', 'pass.txt']
const withKey = ['repository', '--recovery-key-file', 'key.txt']
const withWords = ['repository', '--recovery-words-file', 'words.txt']

test('the script in the tree is the one that its source makes', async () => {
  assert.equal(readFileSync(scriptFile, 'utf8'), await bundleBreakGlass(), 'run: node build/break-glass/bundle.ts')
})

test('it lists points and disks with every kind of key', () => {
  for (const key of [withPassphrase, withWords, withKey]) {
    const { status, stdout, stderr } = run(...key, 'list')
    assert.equal(stderr, '')
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`${pointIdOf(1)} .*"机器 01"\\n {4}"vda" {2}${disk.length} bytes\\n {4}"empty"`))
  }
})

test('it restores a disk byte for byte, and a disk of zeroes', () => {
  assert.equal(run(...withPassphrase, 'restore', pointIdOf(1), 'vda', 'out.raw').status, 0)
  assert.ok(readFileSync(path.join(home, 'out.raw')).equals(disk))
  assert.equal(run(...withWords, 'restore', pointIdOf(1), 'empty', 'empty.raw').status, 0)
  assert.ok(readFileSync(path.join(home, 'empty.raw')).equals(Buffer.alloc(4 * testChunkBytes)))
})

test('a dropped point is told to be in the trash and restores, also from packs of a later epoch; a purged one is gone', () => {
  const { stdout } = run(...withWords, 'list')
  assert.match(stdout, new RegExp(`${pointIdOf(2)} .*\\n {4}in the trash since \\d{4}-.*Z\\n {4}"vda"`))
  assert.doesNotMatch(stdout, new RegExp(`${pointIdOf(3)}|${pointIdOf(1)} .*\\n {4}in the trash`))
  assert.equal(run(...withKey, 'restore', pointIdOf(2), 'vda', 'newer.raw').status, 0)
  const restored = readFileSync(path.join(home, 'newer.raw'))
  assert.ok(restored.equals(Buffer.concat([disk.subarray(0, 3 * testChunkBytes), newer])))
})

test('a repository of format 1 that lived is listed and restored without a warning: trash, epochs, swept and bad packs and all', () => {
  const golden: { readonly passphrase: string; readonly objects: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('../../electron/engine/repository/format-1-trusted.golden.json', import.meta.url), 'utf8'),
  )
  const objects = Object.entries(golden.objects).map(([name, bytes]) => [name, Buffer.from(bytes, 'base64')] as const)
  writeAll(objects, 'lived')
  writeFileSync(path.join(home, 'lived.txt'), golden.passphrase)
  const key = ['lived', '--passphrase-file', 'lived.txt']
  const { status, stdout, stderr } = run(...key, 'list')
  assert.deepEqual([status, stderr], [0, ''])
  const listed = [1, 2, 3, 4, 5, 6, 7].filter((number) => stdout.includes(pointIdOf(number)))
  assert.deepEqual(listed, [1, 2, 4, 5, 6])
  assert.match(stdout, new RegExp(`${pointIdOf(4)} .*\\n {4}in the trash since`))
  for (const [number, seed, count] of [
    [4, 4, 2],
    [5, 3, 1],
    [6, 6, 2],
  ] as const) {
    const file = `lived-${number}.raw`
    assert.equal(run(...key, 'restore', pointIdOf(number), 'vda', file).status, 0)
    const expected = Buffer.alloc(8 * testChunkBytes + 512)
    expected.set(noise(seed, count * testChunkBytes))
    assert.ok(readFileSync(path.join(home, file)).equals(expected), file)
  }
})

test('what a later version wrote is warned of, and the rest still restores', () => {
  const later = ['later', ...withWords.slice(1)]
  const { status, stdout, stderr } = run(...later, 'list')
  assert.equal(status, 0)
  assert.match(stderr, /warning: ledger\/\d{16} was written by a later version/)
  assert.match(stdout, new RegExp(pointIdOf(1)))
  assert.equal(run(...later, 'restore', pointIdOf(1), 'vda', 'later.raw').status, 0)
  assert.ok(readFileSync(path.join(home, 'later.raw')).equals(disk))
})

test('it replaces no file', () => {
  writeFileSync(path.join(home, 'mine.raw'), 'mine')
  const { status, stderr } = run(...withPassphrase, 'restore', pointIdOf(1), 'vda', 'mine.raw')
  assert.equal(status, 1)
  assert.match(stderr, /mine\.raw exists already/)
  assert.equal(readFileSync(path.join(home, 'mine.raw'), 'utf8'), 'mine')
})

test('it says that a passphrase is wrong, and how it is used', () => {
  const wrong = run('repository', '--passphrase-file', 'wrong.txt', 'list')
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /passphrase, the recovery words or the recovery key are wrong/)
  for (const args of [
    [],
    ['repository', 'list'],
    [...withWords, ...withKey.slice(1), 'list'],
    [...withWords, 'restore', 'x'],
    [...withWords, '--what'],
  ]) {
    const { status, stderr } = run(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /node restore-without-us\.mjs FOLDER/)
  }
})

test('it names a damaged pack and leaves no file behind', () => {
  const packs = path.join(home, 'repository', 'packs')
  const files = readdirSync(packs, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const whole = files
    .map((each) => path.join(each.parentPath, each.name))
    .map((file) => [file, readFileSync(file)] as const)
  for (const [file, bytes] of whole) {
    writeFileSync(
      file,
      Buffer.from(bytes).map((byte, at) => (at > 100 && at % 100 === 0 ? byte ^ 1 : byte)),
    )
  }
  try {
    const { status, stderr } = run(...withPassphrase, 'restore', pointIdOf(1), 'vda', 'broken.raw')
    assert.equal(status, 1)
    assert.match(stderr, /packs\/[0-9a-f]{2}\/[0-9a-f]{64} is damaged/)
    assert.ok(!existsSync(path.join(home, 'broken.raw')))
    assert.ok(!existsSync(path.join(home, 'broken.raw.partial')))
  } finally {
    for (const [file, bytes] of whole) writeFileSync(file, bytes)
  }
})

test('an old Node is told which one it takes', () => {
  const preload = path.join(home, 'no-zstd.cjs')
  writeFileSync(preload, "require('node:zlib').zstdDecompressSync = undefined")
  const args = ['--require', preload, 'restore-without-us.mjs', ...withPassphrase, 'list']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8', env: {} })
  assert.equal(status, 1)
  assert.match(stderr, /22\.15 or later/)
})
