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
import {
  makePoint,
  newRepository,
  noise,
  passphrase,
  pointIdOf,
  reopen,
  testChunkBytes,
} from '../../electron/engine/repository/test-rig.ts'
import { bundleBreakGlass, scriptFile } from './bundle.ts'

let home: string
let words: string
const disk = noise(1, 2100 * testChunkBytes + 512)
disk.fill(0, 10 * testChunkBytes, 1200 * testChunkBytes)

/** A folder with the repository and the script, and nothing else of ours anywhere near. */
before(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'break-glass-'))
  await using pool = startPool(1)
  const rig = await newRepository(pool)
  const repository = await reopen(pool, rig)
  await makePoint(repository, 1, [
    { name: 'vda', sizeBytes: disk.length, writes: [{ offset: 0, bytes: disk }] },
    { name: 'empty', sizeBytes: 4 * testChunkBytes },
  ])
  for (const [name, bytes] of rig.store.objects) {
    const file = path.join(home, 'repository', name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  words = rig.recoveryWords
  copyFileSync(scriptFile, path.join(home, 'restore-without-us.mjs'))
  writeFileSync(path.join(home, 'pass.txt'), `${passphrase}\n`)
  writeFileSync(path.join(home, 'words.txt'), words)
  writeFileSync(path.join(home, 'wrong.txt'), 'wrong')
})
after(() => rmSync(home, { recursive: true, force: true }))

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const all = ['restore-without-us.mjs', ...args]
  return spawnSync(process.execPath, all, { cwd: home, encoding: 'utf8', env: {} })
}

const withPassphrase = ['repository', '--passphrase-file', 'pass.txt']
const withWords = ['repository', '--recovery-words-file', 'words.txt']

test('the script in the tree is the one that its source makes', async () => {
  assert.equal(readFileSync(scriptFile, 'utf8'), await bundleBreakGlass(), 'run: node build/break-glass/bundle.ts')
})

test('it lists points and disks with either key', () => {
  for (const key of [withPassphrase, withWords]) {
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
  assert.match(wrong.stderr, /passphrase or the recovery words are wrong/)
  for (const args of [[], ['repository', 'list'], [...withWords, 'restore', 'x'], [...withWords, '--what']]) {
    const { status, stderr } = run(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /node restore-without-us\.mjs FOLDER/)
  }
})

test('it names a damaged pack and leaves no file behind', () => {
  const packs = path.join(home, 'repository', 'packs')
  const folder = path.join(packs, readdirSync(packs)[0] ?? '')
  const pack = path.join(folder, readdirSync(folder)[0] ?? '')
  const whole = readFileSync(pack)
  const flipped = Buffer.from(whole)
  for (let at = 200; at < flipped.length; at += 100) flipped[at] = (flipped[at] ?? 0) ^ 1
  writeFileSync(pack, flipped)
  try {
    const { status, stderr } = run(...withPassphrase, 'restore', pointIdOf(1), 'vda', 'broken.raw')
    assert.equal(status, 1)
    assert.match(stderr, new RegExp(`packs/../${path.basename(pack)} is damaged`))
    assert.ok(!existsSync(path.join(home, 'broken.raw')))
    assert.ok(!existsSync(path.join(home, 'broken.raw.partial')))
  } finally {
    writeFileSync(pack, whole)
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
