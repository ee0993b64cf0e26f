import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { silentLog } from '../../base/log.ts'
import { memoryDisk } from '../../disk/memory.ts'
import { openExt } from '../../guest/ext/ext.ts'
import { archive } from './archive.ts'
import { type Canary, canary, look } from './canary.rig.ts'
import { Report } from './report.ts'
import type { Sink } from './sink.ts'
import { toFolder } from './to-folder.ts'
import { walk } from './walk.ts'

const never = new AbortController().signal

/** In every image: `d` with the file `plain`, and `marker`, a file or a link, whose name or inode is then turned into something else. */
type Patched = {
  readonly what: string
  readonly marker?: string
  readonly target?: string
  readonly name?: string | Buffer
  readonly debugfs?: readonly string[]
}

const patched: readonly Patched[] = [
  { what: 'a file named ..', marker: 'q1', name: '..' },
  { what: 'a file named .', marker: 'q', name: '.' },
  { what: 'a name that climbs', marker: 'marker_12345', name: '../../canary' },
  { what: 'an absolute name', marker: 'marker_1234', name: '/etc/passwd' },
  { what: 'a name with a separator', marker: 'mar', name: 'd/p' },
  { what: 'a name with a NUL', marker: 'mar', name: 'a\0b' },
  { what: 'a name that speaks to a terminal', marker: 'marker_1', name: '\x1b[31mred' },
  { what: 'a name that is no text', marker: 'mar', name: Buffer.from([0xff, 0xc0, 0xaf]) },
  { what: 'a name that turns', marker: 'marker', name: '\u202egnp' },
  { what: 'a name that is there already', marker: 'marke', name: 'plain' },
  { what: 'a link of the name of a file', marker: 'marke', target: '../../secret/passwd', name: 'plain' },
  { what: 'a link of the name of its folder above', marker: 'q2', target: '../../secret', name: '..' },
  { what: 'a folder that contains itself', debugfs: ['ln /d /d/again'] },
  { what: 'a folder that contains the root', debugfs: ['ln / /d/root'] },
  { what: 'a block device', debugfs: ['cd /d', 'mknod sda b 8 0'] },
  { what: 'a pipe', debugfs: ['cd /d', 'mknod pipe p'] },
  { what: 'a set-uid file', debugfs: ['sif /d/plain mode 0106755'] },
  { what: 'a file that says to be a folder', debugfs: ['sif /d/plain mode 040755'] },
  { what: 'a folder that says to be a link', debugfs: ['sif /d mode 0120777'] },
  { what: 'a file of more bytes than there can be', debugfs: ['sif /d/plain size 0xffffffffffff'] },
]

function imageOf({ marker = 'none', target, name, debugfs = [] }: Patched, around: Canary): Buffer {
  const [tree, image] = [around.at('empty', 'tree'), around.at('empty', 'image')]
  mkdirSync(`${tree}/d`, { recursive: true })
  writeFileSync(`${tree}/d/plain`, 'plain')
  if (target === undefined) writeFileSync(`${tree}/d/${marker}`, 'hostile')
  else symlinkSync(target, `${tree}/d/${marker}`)
  const features = '^metadata_csum,^dir_index,^has_journal'
  execFileSync('mkfs.ext4', ['-q', '-b', '1024', '-O', features, '-d', tree, image, '2M'], { stdio: 'ignore' })
  if (debugfs.length > 0)
    execFileSync('debugfs', ['-w', '-f', '-', image], { input: debugfs.join('\n'), stdio: 'pipe' })
  const bytes = readFileSync(image)
  if (name !== undefined) rename(bytes, marker, Buffer.from(name as string), target === undefined ? 1 : 7)
  return bytes
}

/** In the folder's own bytes: length and kind stand before the name. */
function rename(bytes: Buffer, from: string, to: Buffer, kind: number): void {
  const at = bytes.indexOf(Buffer.concat([Buffer.from([from.length, kind]), Buffer.from(from)]))
  assert.ok(at > 0 && to.length === from.length, `${from} is in the image, and as long as what it becomes`)
  to.copy(bytes, at + 2)
}

async function take(bytes: Buffer, sink: Sink, report: Report): Promise<void> {
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, never)
  await using fileSystem = await openExt(disk, never)
  const chosen = { pointId: 'p', volumeId: 'vda', fileSystem, path: '/', stream: undefined }
  await walk(chosen, sink, { report, pass: async () => undefined }, never)
}

test(`${patched.length} file systems that were patched to harm stay in their folder and their archive`, async (t) => {
  for (const each of patched) {
    await t.test(each.what, async () => {
      using around = canary()
      const bytes = imageOf(each, around)
      const before = around.outside()
      const report = new Report()
      const wish = { folder: around.target, isShelf: false, report, log: silentLog, pass: async () => undefined }
      await toFolder(wish, (sink) => take(bytes, sink, report), never)
      assert.deepEqual(around.outside(), before)
      const found = look(around.target)
      assert.ok(found.every(({ kind, mode }) => kind !== 'other' && mode < 0o1000))
      const { files, folders, links } = report.value()
      assert.equal(found.length, files + folders + links)
      assert.ok(
        found.some(({ line }) => line.includes('lost+found')),
        'the rest arrived',
      )
      await readArchive(bytes)
    })
  }
})

/** Ends, whole or with a failure that was foreseen. */
async function readArchive(bytes: Buffer): Promise<void> {
  for (const kind of ['tar', 'zip'] as const) {
    try {
      for await (const _ of archive(kind, (sink, report) => take(bytes, sink, report), never));
    } catch (thrown) {
      assert.ok(thrown instanceof Failure, String(thrown))
    }
  }
}
