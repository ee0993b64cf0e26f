import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
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
import { Readable } from 'node:stream'
import test from 'node:test'
import { extract, type Header } from 'tar-stream'
import { isAbort } from '../../../../shared/failure.ts'
import { type ArchiveKind, archive, type Take } from './archive.ts'
import { fakeGuest, type Thing } from './fake-guest.rig.ts'
import { walk } from './walk.ts'

const never = new AbortController().signal

function taking(things: readonly Thing[], paths: readonly string[]): Take {
  const fileSystem = fakeGuest(things)
  return async (sink, report, signal) => {
    for (const each of paths) {
      const chosen = { pointId: 'p', volumeId: 'vda/1', fileSystem, path: each, stream: undefined }
      await walk(chosen, sink, { report, pass: async () => undefined }, signal)
    }
  }
}

async function bytesOf(kind: ArchiveKind, things: readonly Thing[], paths: readonly string[]): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of archive(kind, taking(things, paths), never)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function entriesOf(tar: Buffer): Promise<readonly Header[]> {
  const found: Header[] = []
  const reader = extract()
  Readable.from([tar]).pipe(reader)
  for await (const entry of reader) {
    found.push(entry.header)
    entry.resume()
  }
  return found
}

const long = `${'报告'.repeat(40)}.txt`
const tree: readonly Thing[] = [
  {
    kind: 'folder',
    name: 'top',
    in: [
      { kind: 'link', name: 'first', target: 'plain.txt' },
      {
        kind: 'file',
        name: 'plain.txt',
        text: 'plain',
        facts: { mode: 0o6755, uid: 5_000_000, gid: 7, links: 2 },
        ref: 'x',
      },
      { kind: 'again', name: 'other.txt', ref: 'x' },
      { kind: 'file', name: long, text: 'long', facts: { modifiedAt: -1_500_000_000n } },
      { kind: 'file', name: 'big', text: 'x'.repeat(2_000_000) },
      { kind: 'folder', name: 'empty', in: [] },
    ],
  },
]

test('a tar holds every name, byte, owner and time, and links last', async () => {
  const entries = await entriesOf(await bytesOf('tar', tree, ['/top']))
  const names = entries.map(({ name }) => name)
  assert.deepEqual(names, [
    'top/',
    'top/plain.txt',
    'top/other.txt',
    `top/${long}`,
    'top/big',
    'top/empty/',
    'top/first',
  ])
  const plain = entries[1]
  assert.equal(plain?.mode, 0o755)
  assert.equal((plain as unknown as { pax: { uid: string } }).pax.uid, '5000000')
  assert.equal((plain as unknown as { pax: { mtime: string } }).pax.mtime, '1700000000.123456789')
  assert.equal((entries[3] as unknown as { pax: { mtime: string } }).pax.mtime, '-1.500000000')
  assert.deepEqual([entries[2]?.type, entries[2]?.linkname], ['link', 'top/plain.txt'])
  assert.deepEqual([entries[6]?.type, entries[6]?.linkname], ['symlink', 'plain.txt'])
})

/** Newer Pythons keep some members back unless they are told to trust; Debian's trusts by itself. */
const trusting = 'import tarfile; tarfile.TarFile.extraction_filter = staticmethod(lambda member, path: member)'

for (const [kind, program, args] of [
  ['tar', 'tar', ['-xf', 'a.tar']],
  ['tar', 'python3', ['-c', `${trusting}; tarfile.open("a.tar").extractall()`]],
  [
    'zip',
    'python3',
    ['-c', 'import zipfile; z = zipfile.ZipFile("a.zip"); assert z.testzip() is None; z.extractall()'],
  ],
] as const) {
  test(`${program} takes a ${kind} apart into the same tree`, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'archive-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(path.join(folder, `a.${kind}`), await bytesOf(kind, tree, ['/top']))
    execFileSync(program, args, { cwd: folder })
    assert.equal(readFileSync(path.join(folder, 'top/big'), 'utf8'), 'x'.repeat(2_000_000))
    assert.equal(readFileSync(path.join(folder, 'top', long), 'utf8'), 'long')
    assert.equal(readFileSync(path.join(folder, 'top/other.txt'), 'utf8'), 'plain')
    assert.deepEqual(readdirSync(path.join(folder, 'top/empty')), [])
    if (kind === 'tar') assert.equal(readlinkSync(path.join(folder, 'top/first')), 'plain.txt')
    if (program === 'tar')
      assert.ok(Math.abs(statSync(path.join(folder, 'top/big')).mtimeMs - 1_700_000_000_123.456) < 0.001)
  })
}

test('a file of more than 8 GiB keeps its size in a tar', async () => {
  const things: readonly Thing[] = [{ kind: 'file', name: 'huge', text: 'x', facts: { sizeBytes: 2 ** 33 + 1 } }]
  for await (const head of archive('tar', taking(things, ['/huge']), never)) {
    assert.match(Buffer.from(head).toString('latin1'), / size=8589934593\n/)
    break
  }
})

test('broken UTF-8 keeps its bytes in a tar', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'archive-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    path.join(folder, 'a.tar'),
    await bytesOf('tar', [{ kind: 'file', name: 'a\udcffb', text: 'x' }], ['/a\udcffb']),
  )
  mkdirSync(path.join(folder, 'out'))
  execFileSync('tar', ['-xf', '../a.tar'], { cwd: path.join(folder, 'out') })
  assert.deepEqual(readdirSync(path.join(folder, 'out'), { encoding: 'buffer' }), [Buffer.from([0x61, 0xff, 0x62])])
})

for (const kind of ['tar', 'zip'] as const) {
  test(`a file that breaks off ends the ${kind} with its failure`, async () => {
    const text = 'x'.repeat(3_000_000)
    const things: readonly Thing[] = [{ kind: 'file', name: 'a', text, bad: true }]
    await assert.rejects(bytesOf(kind, things, ['/a']), { code: 'file-system-damaged', message: 'A bad block' })
  })

  test(`what cannot be read from its first byte is left out of a ${kind} and told at its end`, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'archive-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const things: readonly Thing[] = [
      {
        kind: 'folder',
        name: 'd',
        in: [
          { kind: 'file', name: 'a', text: 'aaaa', bad: true },
          { kind: 'file', name: 'b' },
        ],
      },
    ]
    writeFileSync(path.join(folder, 'a'), await bytesOf(kind, things, ['/d']))
    execFileSync('python3', ['-m', `${kind}file`, '-e', 'a', 'out'], { cwd: folder })
    assert.deepEqual(readdirSync(path.join(folder, 'out/d')), ['b'])
    const told = JSON.parse(readFileSync(path.join(folder, 'out/stillpoint-report.json'), 'utf8')) as {
      skipped: unknown
    }
    assert.deepEqual(told.skipped, [{ path: '/d/a', why: 'A bad block' }])
  })

  test(`who stops reading a ${kind} stops the making of it`, async () => {
    const things: readonly Thing[] = [{ kind: 'file', name: 'endless', text: 'x', facts: { sizeBytes: 2 ** 50 } }]
    let ended: unknown
    const take: Take = (sink, report, signal) =>
      taking(things, ['/endless'])(sink, report, signal).catch((thrown: unknown) => {
        ended = thrown
        throw thrown
      })
    for await (const _ of archive(kind, take, never)) break
    assert.ok(isAbort(ended))
  })
}
