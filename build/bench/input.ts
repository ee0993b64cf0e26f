import { execFileSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { GiB, KiB, MiB } from '../../shared/units.ts'
import { accessLog, databasePages, media } from './content.ts'
import { randomBytesOf, randomOf } from './random.ts'

/**
 * Two days of one server's disk: a Debian root with compilers, a database and a web server, media that cannot be shrunk, database
 * pages, logs, and free space that still holds what was deleted. On the second day 3 % of the used bytes have changed in
 * scattered pages, and 100 MB of files are new. Where debootstrap cannot run, the root is this machine's own /usr.
 */
export type Input = {
  readonly folder: string
  readonly day1: string
  readonly day2: string
  readonly kind: string
  readonly usedBytes: number
}

type Size = { readonly diskBytes: number; readonly scale: number; readonly debian: boolean }

const sizes: Readonly<Record<string, Size>> = {
  full: { diskBytes: 8 * GiB, scale: 1, debian: true },
  small: { diskBytes: 2 * GiB, scale: 0.25, debian: false },
}

const mediaMiB = [60, 60, 60, 40, 40, 40, 30, 20, 20, 10, 10, 10, 5, 5, 5, 2, 2, 1]
const packages =
  'gcc,python3,perl,vim,git,postgresql-15,nginx,linux-image-cloud-amd64,openssh-server,rsyslog,man-db,manpages'

/** Made once, then found again: `<cache>/<size>/done` says that it is whole. */
export function makeInput(sizeName: string): Input {
  const size = sizes[sizeName]
  if (size === undefined) throw new Error(`no input of size ${sizeName}; there are: ${Object.keys(sizes).join(' ')}`)
  const folder = path.join(process.env['STILLPOINT_BENCH_DIR'] ?? path.join(os.tmpdir(), 'stillpoint-bench'), sizeName)
  const done = path.join(folder, 'done')
  if (!existsSync(done)) writeFileSync(done, build(folder, size))
  const files = { day1: path.join(folder, 'day1', 'server.raw'), day2: path.join(folder, 'day2', 'server.raw') }
  const kind = execFileSync('cat', [done], { encoding: 'utf8' })
  return { folder, ...files, kind, usedBytes: dataOf(files.day1).reduce((sum, each) => sum + each.length, 0) }
}

function build(folder: string, size: Size): string {
  console.error(`Making the benchmark's disk in ${folder}; it is kept for the next time.`)
  rmSync(folder, { recursive: true, force: true })
  for (const day of ['day1', 'day2']) mkdirSync(path.join(folder, day), { recursive: true })
  const root = path.join(folder, 'root')
  const kind = size.debian && debian(root) ? 'Debian root by debootstrap' : hostTree(root)
  fill(root, size.scale)
  const first = path.join(folder, 'fs1.img')
  makeFileSystem(first, root, size)
  toDisk(first, path.join(folder, 'day1', 'server.raw'), size)
  const second = path.join(folder, 'fs2.img')
  execFileSync('cp', ['--sparse=always', first, second])
  addFiles(folder, second, size.scale)
  toDisk(second, path.join(folder, 'day2', 'server.raw'), size)
  scatter(path.join(folder, 'day1', 'server.raw'), path.join(folder, 'day2', 'server.raw'))
  for (const scratch of [root, first, second, path.join(folder, 'new')])
    rmSync(scratch, { recursive: true, force: true })
  return `${kind}, ${size.diskBytes / GiB} GiB`
}

function debian(root: string): boolean {
  try {
    execFileSync('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', root], {
      stdio: ['ignore', 2, 2],
    })
    for (const emptied of ['var/cache/apt/archives', 'dev'])
      rmSync(path.join(root, emptied), { recursive: true, force: true })
    for (const tree of ['/usr/include', '/usr/share/doc', '/usr/share/perl', '/usr/lib/python3']) copyTree(tree, root)
    return true
  } catch {
    rmSync(root, { recursive: true, force: true })
    return false
  }
}

function hostTree(root: string): string {
  for (const tree of ['/usr/bin', '/usr/share/doc', '/usr/share/perl']) copyTree(tree, root)
  return "this machine's own /usr"
}

function copyTree(tree: string, root: string): void {
  if (existsSync(tree)) cpSync(tree, path.join(root, 'srv', 'app', tree), { recursive: true, verbatimSymlinks: true })
}

function fill(root: string, scale: number): void {
  media(
    path.join(root, 'srv', 'media'),
    mediaMiB.map((sizeMiB) => Math.ceil(sizeMiB * scale)),
  )
  media(
    path.join(root, 'srv', 'stale'),
    [40, 40, 40].map((sizeMiB) => Math.ceil(sizeMiB * scale)),
  )
  databasePages(path.join(root, 'srv', 'db', 'base'), Math.round(400 * scale) * MiB)
  accessLog(path.join(root, 'srv', 'log', 'access.log'), Math.round(260 * scale) * MiB)
}

const fixedTime = { SOURCE_DATE_EPOCH: '1700000000', E2FSPROGS_FAKE_TIME: '1700000000' }

function makeFileSystem(file: string, root: string, size: Size): void {
  execFileSync('find', [root, '-exec', 'touch', '-h', '-d', '@1700000000', '{}', '+'])
  execFileSync('truncate', ['-s', String(size.diskBytes - MiB), file])
  const uuid = '01234567-89ab-cdef-0123-456789abcdef'
  const args = ['-q', '-F', '-U', uuid, '-E', `hash_seed=${uuid},lazy_itable_init=0`, '-d', root, file]
  execFileSync('mkfs.ext4', args, { env: { ...process.env, ...fixedTime } })
  debugfs(file, ['rm /srv/stale/media-0.bin', 'rm /srv/stale/media-1.bin', 'rm /srv/stale/media-2.bin'])
}

function debugfs(file: string, commands: readonly string[]): void {
  const options = {
    input: commands.join('\n'),
    env: { ...process.env, ...fixedTime },
    stdio: ['pipe', 'ignore', 'ignore'] as ['pipe', 'ignore', 'ignore'],
  }
  execFileSync('debugfs', ['-w', '-f', '-', file], options)
}

/** One MBR partition from 1 MiB on. */
function toDisk(fileSystem: string, disk: string, size: Size): void {
  const partial = `${disk}.partial`
  execFileSync('truncate', ['-s', String(size.diskBytes), partial])
  execFileSync('sfdisk', ['-q', partial], {
    input: 'label: dos\nlabel-id: 0x5717901e\nstart=2048, type=83, bootable\n',
  })
  execFileSync('dd', [`if=${fileSystem}`, `of=${partial}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none'])
  renameSync(partial, disk)
}

function addFiles(folder: string, fileSystem: string, scale: number): void {
  const added = path.join(folder, 'new')
  media(added, [Math.ceil(50 * scale)])
  accessLog(path.join(added, 'new.log'), Math.round(30 * scale) * MiB)
  databasePages(path.join(added, 'new.db'), Math.round(20 * scale) * MiB)
  debugfs(
    fileSystem,
    ['media-0.bin', 'new.log', 'new.db'].map((name) => `write ${path.join(added, name)} srv/${name}`),
  )
}

type Range = { readonly start: number; readonly length: number }

export function dataOf(disk: string): readonly Range[] {
  const map = execFileSync('qemu-img', ['map', '--output=json', '-f', 'raw', disk], { maxBuffer: 256 * MiB })
  return (JSON.parse(String(map)) as (Range & { data: boolean })[]).filter((each) => each.data)
}

const page = 4 * KiB

/** 60 % of the changes are pairs of pages inside hot regions (one eighth of the used space), the rest short runs anywhere. */
function scatter(day1: string, day2: string): void {
  const random = randomOf(42)
  const pages = dataOf(day1).flatMap(({ start, length }) =>
    Array.from({ length: Math.floor(length / page) }, (_, at) => start + at * page),
  )
  const handle = openSync(day2, 'r+')
  const seen = new Set<number>()
  const whole = (limit: number): number => Math.floor(random() * limit)
  const region = Math.floor(pages.length / 512)
  const write = (at: number): void => {
    // The boot area and the superblock stay as they are.
    if (at < 1024 || seen.has(at)) return
    seen.add(at)
    writeSync(handle, changedPage(at), 0, page, pages[at] ?? 0)
  }
  while (seen.size < pages.length * 0.03) {
    const isHot = random() < 0.6
    const from = isHot ? Math.floor((whole(64) * pages.length) / 64) + whole(region) : 1024 + whole(pages.length - 1040)
    const count = isHot ? 2 : (([1, 1, 2, 2, 4, 8, 16] as const)[whole(7)] ?? 1)
    for (let at = from; at < from + count; at++) write(at)
  }
  closeSync(handle)
}

function changedPage(index: number): Buffer {
  const text = `changed row ${index} `
  return Buffer.concat([randomBytesOf(500_000 + index, page / 2), Buffer.from(text.repeat(page)).subarray(0, page / 2)])
}

/** Ranges of `grain` bytes in which the two disks differ: what a dirty bitmap of that granularity would say. */
export function differing(day1: string, day2: string, grain: number): readonly Range[] {
  const [one, two] = [openSync(day1, 'r'), openSync(day2, 'r')]
  const found: Range[] = []
  const [left, right] = [Buffer.alloc(MiB), Buffer.alloc(MiB)]
  for (let offset = 0; ; offset += MiB) {
    const length = readSync(one, left, 0, MiB, offset)
    readSync(two, right, 0, MiB, offset)
    if (length === 0) break
    if (left.equals(right)) continue
    for (let at = 0; at < length; at += grain) {
      if (!left.subarray(at, at + grain).equals(right.subarray(at, at + grain)))
        found.push({ start: offset + at, length: Math.min(grain, length - at) })
    }
  }
  for (const handle of [one, two]) closeSync(handle)
  return found
}
