import assert from 'node:assert/strict'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { silentLog } from '../../base/log.ts'
import { fakeGuest, type Thing } from './fake-guest.rig.ts'
import { Report } from './report.ts'
import { toFolder } from './to-folder.ts'
import { walk } from './walk.ts'

const never = new AbortController().signal

async function extract(
  t: { after(work: () => void): void },
  things: readonly Thing[],
  paths: readonly string[],
  options: { readonly before?: (folder: string) => void; readonly isShelf?: boolean; readonly holds?: boolean } = {},
) {
  const home = mkdtempSync(path.join(tmpdir(), 'folder-sink-'))
  t.after(() => rmSync(home, { recursive: true }))
  const folder = path.join(home, 'target')
  mkdirSync(folder)
  options.before?.(folder)
  const report = new Report()
  const { isShelf = false, holds = true } = options
  const wish = { folder, isShelf, report, log: silentLog, pass: async () => undefined, holds }
  const fileSystem = fakeGuest(things)
  const written = await toFolder(
    wish,
    async (sink) => {
      for (const each of paths) {
        const chosen = { pointId: 'p', volumeId: 'vda/1', fileSystem, path: each, stream: undefined }
        await walk(chosen, sink, { report, pass: async () => undefined }, never)
      }
    },
    never,
  )
  return { folder, report: report.value(), warnings: report.warnings(), written }
}

test('a tree arrives with its bytes, times, permissions and links, and nothing else', async (t) => {
  const deep: Thing = {
    kind: 'folder',
    name: 'deep',
    facts: { mode: 0o2755 },
    in: [
      { kind: 'file', name: 'a.txt', text: 'hello', facts: { mode: 0o4755 } },
      { kind: 'link', name: 'up', target: '../b.txt' },
    ],
  }
  const { folder, report, written } = await extract(
    t,
    [{ kind: 'folder', name: 'top', facts: { mode: 0o555 }, in: [deep, { kind: 'file', name: 'b.txt', text: 'b' }] }],
    ['/top'],
  )
  assert.deepEqual(written, [path.join(folder, 'top')])
  assert.deepEqual(readdirSync(folder), ['top'])
  assert.equal(readFileSync(path.join(folder, 'top/deep/up'), 'utf8'), 'b')
  const file = statSync(path.join(folder, 'top/deep/a.txt'))
  assert.equal(file.mode & 0o7777, 0o755)
  assert.ok(Math.abs(file.mtimeMs - 1_700_000_000_123.456) < 0.001)
  assert.equal(statSync(path.join(folder, 'top/deep')).mode & 0o7777, 0o755)
  assert.equal(statSync(path.join(folder, 'top')).mode & 0o7777, 0o555)
  assert.equal(Math.floor(statSync(path.join(folder, 'top/deep')).mtimeMs), 1_700_000_000_123)
  assert.equal(Math.floor(statSync(path.join(folder, 'top')).mtimeMs), 1_700_000_000_123)
  assert.deepEqual([report.files, report.folders, report.links, report.bytes], [2, 2, 1, 6])
})

test('what is there stays, and what comes gets a number', async (t) => {
  const before = (folder: string): void => {
    writeFileSync(path.join(folder, 'a.txt'), 'old')
    mkdirSync(path.join(folder, 'top'))
  }
  const things: readonly Thing[] = [
    { kind: 'file', name: 'a.txt', text: 'new' },
    { kind: 'folder', name: 'top', in: [] },
    { kind: 'link', name: 'l', target: 'x' },
  ]
  const { folder, report } = await extract(t, things, ['/a.txt', '/top', '/l'], { before })
  assert.deepEqual(readdirSync(folder).sort(), ['a (2).txt', 'a.txt', 'l', 'top', 'top (2)'])
  assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'old')
  assert.deepEqual(report.renamed, [
    { path: '/a.txt', as: 'a (2).txt' },
    { path: '/top', as: 'top (2)' },
  ])
})

test('names of one file stay names of one file', async (t) => {
  const facts = { links: 2 }
  const { folder } = await extract(
    t,
    [
      {
        kind: 'folder',
        name: 'd',
        in: [
          { kind: 'file', name: 'one', ref: 'x', text: 'abc', facts },
          { kind: 'folder', name: 'e', in: [{ kind: 'again', name: 'two', ref: 'x' }] },
        ],
      },
      { kind: 'again', name: 'three', ref: 'x' },
    ],
    ['/d', '/three'],
  )
  const inos = ['d/one', 'd/e/two', 'three'].map((name) => statSync(path.join(folder, name)).ino)
  assert.equal(new Set(inos).size, 1)
})

test('holes stay holes', async (t) => {
  const { folder } = await extract(
    t,
    [{ kind: 'file', name: 'sparse', text: 'x', facts: { sizeBytes: 2 ** 33 } }],
    ['/sparse'],
  )
  const { size, blocks } = statSync(path.join(folder, 'sparse'))
  assert.equal(size, 2 ** 33)
  assert.ok(blocks < 1000)
})

test('what is damaged is left out and told, and the rest arrives', async (t) => {
  const { folder, report } = await extract(
    t,
    [
      {
        kind: 'folder',
        name: 'd',
        broken: true,
        in: [
          { kind: 'file', name: 'bad', text: 'abcdef', bad: true },
          { kind: 'unknown', name: 'gone' },
          { kind: 'file', name: 'good', text: 'g' },
          { kind: 'file', name: 'never listed' },
        ],
      },
    ],
    ['/d'],
  )
  assert.deepEqual(readdirSync(path.join(folder, 'd')), ['good'])
  assert.deepEqual(
    report.skipped.map((each) => each.path),
    ['/d/bad', '/d/gone', '/d'],
  )
})

for (const holds of [true, false]) {
  test(`a failed target leaves nothing behind, ${holds ? 'held' : 'looked at'}`, async (t) => {
    const home = mkdtempSync(path.join(tmpdir(), 'folder-sink-'))
    t.after(() => rmSync(home, { recursive: true }))
    const folder = path.join(home, 'new/target')
    const wish = { folder, isShelf: false, report: new Report(), log: silentLog, pass: async () => undefined, holds }
    const things: readonly Thing[] = [
      {
        kind: 'folder',
        name: 'd',
        facts: { mode: 0 },
        in: [
          { kind: 'folder', name: 'e', facts: { mode: 0 }, in: [{ kind: 'file', name: 'f', text: 'x' }] },
          { kind: 'link', name: 'l', target: '/etc' },
        ],
      },
    ]
    const failing = toFolder(
      wish,
      async (sink) => {
        await walk(
          { pointId: 'p', volumeId: 'v', fileSystem: fakeGuest(things), path: '/d', stream: undefined },
          sink,
          { report: wish.report, pass: async () => undefined },
          never,
        )
        throw new Error('enough')
      },
      never,
    )
    await assert.rejects(failing, /enough/)
    assert.deepEqual(readdirSync(home), ['new'])
    assert.deepEqual(readdirSync(path.join(home, 'new')), [])
  })
}

test('a shelf takes no link that leads out and can be read by its owner', async (t) => {
  const things: readonly Thing[] = [
    {
      kind: 'folder',
      name: 'd',
      in: [
        { kind: 'link', name: 'out', target: '/etc/shadow' },
        { kind: 'link', name: 'in', target: 'x' },
        { kind: 'file', name: 'x', facts: { mode: 0 } },
      ],
    },
  ]
  const { folder, report } = await extract(t, things, ['/d'], { isShelf: true })
  assert.deepEqual(readdirSync(path.join(folder, 'd')).sort(), ['in', 'x'])
  assert.equal(lstatSync(path.join(folder, 'd/x')).mode & 0o777, 0o600)
  assert.equal(readlinkSync(path.join(folder, 'd/in')), 'x')
  assert.equal(report.skipped[0]?.path, '/d/out')
})
