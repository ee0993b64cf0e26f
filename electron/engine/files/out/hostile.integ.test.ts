import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import test from 'node:test'
import { extract, type Header } from 'tar-stream'
import type { FileReport } from '../../../../shared/files.ts'
import { silentLog } from '../../base/log.ts'
import { type ArchiveKind, archive } from './archive.ts'
import { canary, look, type Seen } from './canary.rig.ts'
import { fakeGuest } from './fake-guest.rig.ts'
import { type HostileGuest, hostileGuests } from './hostile-guests.rig.ts'
import { Report } from './report.ts'
import type { Sink } from './sink.ts'
import { toFolder } from './to-folder.ts'
import { walk } from './walk.ts'

const never = new AbortController().signal

async function take(guest: HostileGuest, sink: Sink, report: Report): Promise<void> {
  const fileSystem = fakeGuest(guest.things)
  for (const path of guest.paths ?? ['/']) {
    const chosen = { pointId: 'p', volumeId: 'vda/1', fileSystem, path, stream: undefined }
    await walk(chosen, sink, { report, pass: async () => undefined }, never)
  }
}

async function intoFolder(guest: HostileGuest, isShelf: boolean, holds: boolean): Promise<void> {
  using around = canary()
  const before = around.outside()
  const report = new Report()
  const wish = { folder: around.target, isShelf, report, log: silentLog, pass: async () => undefined, holds }
  await toFolder(wish, (sink) => take(guest, sink, report), never)
  assert.deepEqual(around.outside(), before)
  checkTree(look(around.target), report.value())
}

/** Only files, folders and links, none of them with more than permissions, and as many as were told. */
function checkTree(found: readonly Seen[], report: FileReport): void {
  const count = (kind: Seen['kind']): number => found.filter((each) => each.kind === kind).length
  assert.deepEqual([count('file'), count('folder'), count('link')], [report.files, report.folders, report.links])
  assert.equal(count('other'), 0)
  assert.ok(found.every(({ mode }) => mode < 0o1000))
}

async function bytesOf(guest: HostileGuest, kind: ArchiveKind): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of archive(kind, (sink, report) => take(guest, sink, report), never)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function headersOf(bytes: Buffer): Promise<readonly Header[]> {
  const found: Header[] = []
  const reader = extract()
  Readable.from([bytes]).pipe(reader)
  for await (const entry of reader) {
    found.push(entry.header)
    entry.resume()
  }
  return found
}

function checkHeaders(headers: readonly Header[]): void {
  const names = headers.map(({ name }) => name.replace(/\/$/, ''))
  for (const name of names)
    assert.ok(
      name.split('/').every((part) => !['', '.', '..'].includes(part)),
      name,
    )
  const firstLink = headers.findIndex(({ type }) => type === 'symlink')
  const afterLinks = firstLink < 0 ? [] : headers.slice(firstLink)
  assert.ok(afterLinks.every(({ type, name }) => type === 'symlink' || name.startsWith('stillpoint-report')))
  assert.ok(
    headers.every(
      ({ type, mode = 0 }) => ['file', 'directory', 'symlink', 'link'].includes(type ?? '') && mode < 0o1000,
    ),
  )
}

/** Programs that trust whatever an archive says; each takes all of them apart, one folder for each, and names the one that fails. */
const careless: Readonly<Record<ArchiveKind, string>> = {
  // Newer Pythons keep some members back unless they are told to trust; Debian's trusts by itself.
  tar: `import tarfile
tarfile.TarFile.extraction_filter = staticmethod(lambda member, path: member)
def apart(name):
  tarfile.open(name, errors="surrogateescape").extractall()`,
  zip: `import zipfile
def apart(name):
  z = zipfile.ZipFile(name)
  assert z.testzip() is None
  for i in z.infolist():
    assert not os.path.isabs(i.filename) and ".." not in i.filename.split("/"), i.filename
    if any(len(os.fsencode(part)) > 255 for part in i.filename.split("/")): continue
    if (i.external_attr >> 28) == 0o12:
      if len(z.read(i)) < 4096: os.symlink(z.read(i), os.fsencode(i.filename))
    elif i.is_dir(): os.makedirs(i.filename)
    else:
      with open(i.filename, "xb") as f: f.write(z.read(i))`,
}

const each = `import os, sys
top = os.getcwd()
exec(sys.argv[1])
for name in sorted(os.listdir("../archives"), key=int):
  os.mkdir(os.path.join(top, name)); os.chdir(os.path.join(top, name))
  try: apart(os.path.join(top, "../archives", name))
  except Exception as e: sys.exit(f"{name}: {e!r}")`

test(`each of ${hostileGuests.length} hostile guests stays in its folder`, async (t) => {
  for (const guest of hostileGuests) {
    await t.test(guest.what, async () => {
      await intoFolder(guest, false, true)
      await intoFolder(guest, false, false)
      await intoFolder(guest, true, true)
    })
  }
})

for (const kind of ['tar', 'zip'] as const) {
  test(`no ${kind} of a hostile guest harms a program that trusts it`, async () => {
    using around = canary()
    mkdirSync(around.at('archives'))
    for (const [at, guest] of hostileGuests.entries()) {
      if (guest.isEndless) continue
      const bytes = await bytesOf(guest, kind)
      if (kind === 'tar') checkHeaders(await headersOf(bytes))
      writeFileSync(around.at('archives', String(at)), bytes)
    }
    const before = around.outside()
    execFileSync('python3', ['-c', each, careless[kind]], {
      cwd: around.target,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    assert.deepEqual(around.outside(), before)
  })
}
