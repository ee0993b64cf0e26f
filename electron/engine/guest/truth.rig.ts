import assert from 'node:assert/strict'
import { type BigIntStats, constants, lstatSync } from 'node:fs'
import { type FileHandle, open, readdir, readlink } from 'node:fs/promises'
import { MiB } from '../../../shared/units.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { alignTo, clip, cut, type Extents, intersect, subtract, union } from '../disk/extents.ts'
import type { FileFacts, FileSystem, FolderEntry } from './guest.ts'
import { tool } from './mounted.rig.ts'
import { nameFromBytes } from './names.ts'

/** What a driver (of FUSE, say) does not tell, or tells otherwise. */
export type Untold = 'mode' | 'owner' | 'modifiedAt' | 'changedAt' | 'accessedAt' | 'links' | 'device' | 'folder-links'

export type TruthOptions = {
  readonly untold?: readonly Untold[]
  /** Paths that only one of both sides shows, `/` at the front. */
  readonly ignore?: (path: string) => boolean
  /** Times are compared cut to multiples of this. */
  readonly timeGrainNs?: bigint
  /** What the driver's names are as names of the reader; by default bytes, as everywhere in Unix. */
  readonly nameOf?: (bytes: Uint8Array) => string
}

export type Truth = {
  readonly entries: number
  readonly bytes: number
  /** One sentence each, with the path; at most 100. */
  readonly differences: readonly string[]
}

type Walk = {
  readonly fileSystem: FileSystem
  readonly options: TruthOptions
  readonly signal: AbortSignal
  readonly differences: string[]
  readonly inodes: Map<string, string>
  readonly refs: Map<string, string>
  entries: number
  bytes: number
}

type Place = { readonly path: string; readonly real: Buffer; readonly entry: FolderEntry }

const enough = 100
const pieceBytes = MiB
/** Of longer files only what one of both sides calls data is compared: that the rest reads as zeroes is what a hole is. */
const comparedWholeBytes = 64 * MiB
const zeroes = Buffer.alloc(pieceBytes)

/**
 * Walks what a reader reads and what is mounted at `folder` side by side: names, kinds, sizes, times in nanoseconds, owners, modes,
 * link targets, device numbers, which names are one file, and every byte; that holes are zeroes, that `find` and `facts` say what
 * `list` says. Nothing may write into `folder` meanwhile.
 */
export async function compareWithTruth(
  fileSystem: FileSystem,
  folder: string,
  options: TruthOptions,
  signal: AbortSignal,
): Promise<Truth> {
  const walk: Walk = {
    fileSystem,
    options,
    signal,
    differences: [],
    inodes: new Map(),
    refs: new Map(),
    entries: 0,
    bytes: 0,
  }
  const facts = await fileSystem.facts(fileSystem.root, signal)
  const root = { path: '', real: Buffer.from(folder), entry: { name: '', ref: fileSystem.root, facts } }
  await compareEntry(walk, root)
  return walk
}

/** The same, for a test: it fails with all differences, and when fewer entries were seen than there must be. */
export async function assertTruth(
  fileSystem: FileSystem,
  folder: string,
  options: TruthOptions & { readonly atLeast: number },
  signal: AbortSignal,
): Promise<void> {
  const truth = await compareWithTruth(fileSystem, folder, options, signal)
  assert.deepEqual(truth.differences, [])
  assert.ok(truth.entries >= options.atLeast, `only ${truth.entries} entries were seen`)
}

async function compareEntry(walk: Walk, place: Place): Promise<void> {
  walk.signal.throwIfAborted()
  walk.entries++
  const { entry } = place
  if (entry.facts === undefined) return differ(walk, place.path, `cannot be read: ${entry.problem}`)
  // A hundred thousand of these take a second, and a minute if each goes through a thread.
  const stats = lstatSync(place.real, { bigint: true })
  compareFacts(walk, place.path, entry.facts, stats)
  compareIdentity(walk, place, stats)
  if (entry.facts.kind !== kindOf(stats)) return
  if (entry.facts.kind === 'folder') await compareFolder(walk, place)
  if (entry.facts.kind === 'file' && stats.size > 0n) await compareBytes(walk, place, entry.facts.sizeBytes)
  if (entry.facts.kind === 'link') {
    const target = nameFromBytes(await readlink(place.real, { encoding: 'buffer' }))
    expect(walk, place.path, 'target', entry.facts.target, target)
  }
}

function compareFacts(walk: Walk, path: string, facts: FileFacts, stats: BigIntStats): void {
  const same = (name: string, ours: unknown, theirs: unknown): void => expect(walk, path, name, ours, theirs)
  const told = (what: Untold): boolean => walk.options.untold?.includes(what) !== true
  same('kind', facts.kind, kindOf(stats))
  if (facts.kind === 'file' || facts.kind === 'link') same('size', facts.sizeBytes, Number(stats.size))
  if (told('mode')) same('mode', facts.mode, Number(stats.mode & 0o7777n))
  if (told('owner')) same('owner', `${facts.uid}:${facts.gid}`, `${stats.uid}:${stats.gid}`)
  if (told('links') && (facts.kind !== 'folder' || told('folder-links')))
    same('links', facts.links, Number(stats.nlink))
  if (told('device')) same('device', deviceText(facts), deviceOf(stats))
  const grain = walk.options.timeGrainNs ?? 1n
  const cut = (time: bigint | undefined): bigint | undefined => time && time - (((time % grain) + grain) % grain)
  if (told('modifiedAt')) same('modifiedAt', cut(facts.modifiedAt), cut(stats.mtimeNs))
  if (told('changedAt')) same('changedAt', cut(facts.changedAt), cut(stats.ctimeNs))
  if (told('accessedAt')) same('accessedAt', cut(facts.accessedAt), cut(stats.atimeNs))
}

function kindOf(stats: BigIntStats): FileFacts['kind'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isCharacterDevice()) return 'char-device'
  if (stats.isBlockDevice()) return 'block-device'
  if (stats.isFIFO()) return 'pipe'
  return stats.isSocket() ? 'socket' : 'other'
}

function deviceText({ device }: FileFacts): string {
  return device === undefined ? 'none' : `${device.major}:${device.minor}`
}

/** glibc's `gnu_dev_major` and `gnu_dev_minor`. */
function deviceOf(stats: BigIntStats): string {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return 'none'
  const major = ((stats.rdev >> 8n) & 0xfffn) | ((stats.rdev >> 32n) & 0xfffff000n)
  const minor = (stats.rdev & 0xffn) | ((stats.rdev >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}

/** Two names have one reference exactly when they have one inode number. */
function compareIdentity(walk: Walk, { path, entry }: Place, stats: BigIntStats): void {
  const inode = `${stats.dev}/${stats.ino}`
  if (walk.options.untold?.includes('links') !== true) {
    expect(walk, path, 'inode of this reference', walk.inodes.get(entry.ref) ?? inode, inode)
    expect(walk, path, 'reference of this inode', walk.refs.get(inode) ?? entry.ref, entry.ref)
  }
  walk.inodes.set(entry.ref, inode)
  walk.refs.set(inode, entry.ref)
}

async function compareFolder(walk: Walk, place: Place): Promise<void> {
  const nameOf = walk.options.nameOf ?? nameFromBytes
  const theirs = new Map<string, Buffer>()
  for (const name of await readdir(place.real, { encoding: 'buffer' })) theirs.set(nameOf(name), name)
  for await (const batch of walk.fileSystem.list(place.entry.ref, walk.signal)) {
    for (const entry of batch) await compareListed(walk, place, entry, theirs)
    if (walk.differences.length >= enough) return
  }
  for (const name of theirs.keys()) expectNothing(walk, `${place.path}/${name}`, 'is there, but not listed')
}

/** What was listed is struck from `theirs`. */
async function compareListed(walk: Walk, folder: Place, entry: FolderEntry, theirs: Map<string, Buffer>) {
  const path = `${folder.path}/${entry.name}`
  const name = theirs.get(entry.name)
  theirs.delete(entry.name)
  if (name === undefined) return expectNothing(walk, path, 'is listed, but not there (or twice)')
  if (walk.options.ignore?.(path) !== true) await compareChild(walk, folder, entry, { path, name, left: theirs.size })
}

async function compareChild(
  walk: Walk,
  folder: Place,
  entry: FolderEntry,
  { path, name, left }: { readonly path: string; readonly name: Buffer; readonly left: number },
): Promise<void> {
  const { fileSystem, signal } = walk
  // Each look is a walk of its own: in large folders a sample of them has to do.
  if (left < 200 || left % 199 === 0) {
    const found = await fileSystem.find(folder.entry.ref, entry.name, signal)
    expect(walk, path, 'what find says', json(found), json(entry))
    if (entry.facts) expect(walk, path, 'facts', json(await fileSystem.facts(entry.ref, signal)), json(entry.facts))
  }
  await compareEntry(walk, { path, real: Buffer.concat([folder.real, Buffer.from('/'), name]), entry })
}

async function compareBytes(walk: Walk, place: Place, sizeBytes: number): Promise<void> {
  await using disk = await walk.fileSystem.open(place.entry.ref, undefined, walk.signal)
  await using handle = await open(place.real, constants.O_RDONLY | constants.O_NOATIME)
  expect(walk, place.path, 'size when opened', disk.sizeBytes, sizeBytes)
  const [ours, theirs] = [Buffer.alloc(Math.min(pieceBytes, sizeBytes)), Buffer.alloc(Math.min(pieceBytes, sizeBytes))]
  const holes = subtract([{ start: 0, end: disk.sizeBytes }], await disk.allocated(walk.signal))
  const data = await comparedOf(place.real, disk, walk.signal)
  for (const { start, end } of cut(data, pieceBytes)) {
    ours.fill(0xa5)
    const piece = { disk, handle, holes, offset: start, ours: ours.subarray(0, end - start), theirs }
    const wrong = await comparePiece(piece, walk.signal)
    if (wrong !== undefined) return differ(walk, place.path, wrong)
  }
  walk.bytes += disk.sizeBytes
}

async function comparedOf(file: Buffer, disk: ReadableDisk, signal: AbortSignal): Promise<Extents> {
  const whole = [{ start: 0, end: disk.sizeBytes }]
  if (disk.sizeBytes <= comparedWholeBytes) return whole
  const ours = await disk.allocated(signal)
  return clip(alignTo(union([...ours, ...(await dataOf(file, disk.sizeBytes))]), pieceBytes), disk.sizeBytes)
}

/** What the driver calls data (lseek(2), SEEK_DATA): all of the file where it does not know. */
async function dataOf(file: Buffer, sizeBytes: number): Promise<Extents> {
  const told = await tool('xfs_io', ['-r', '-c', 'seek -a -r 0', file.toString()])
  if (!/^(DATA|HOLE)/m.test(told)) return [{ start: 0, end: sizeBytes }]
  const marks = [...told.matchAll(/^(DATA|HOLE)\s+(\d+)$/gm)].map(([, kind, at]) => ({ kind, at: Number(at) }))
  return union(
    marks.flatMap(({ kind, at }, n) => (kind === 'DATA' ? [{ start: at, end: marks[n + 1]?.at ?? sizeBytes }] : [])),
  )
}

type Piece = {
  readonly disk: ReadableDisk
  readonly handle: FileHandle
  readonly holes: Extents
  readonly offset: number
  /** As long as the piece. */
  readonly ours: Buffer
  readonly theirs: Buffer
}

async function comparePiece({ disk, handle, holes, offset, ours, theirs }: Piece, signal: AbortSignal) {
  const lengthBytes = ours.length
  await disk.read(offset, ours, signal)
  const { bytesRead } = await handle.read(theirs, 0, lengthBytes, offset)
  if (bytesRead !== lengthBytes) return `ends at ${offset + bytesRead}`
  if (!ours.equals(theirs.subarray(0, lengthBytes))) {
    const at = ours.findIndex((byte, i) => byte !== theirs[i])
    return `byte ${offset + at} is ${ours[at]}, not ${theirs[at]}`
  }
  for (const { start, end } of intersect(holes, [{ start: offset, end: offset + lengthBytes }])) {
    const hole = ours.subarray(start - offset, end - offset)
    if (!hole.equals(zeroes.subarray(0, hole.length))) return `a hole at ${start} is not zero`
  }
  return undefined
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) => (typeof held === 'bigint' ? `${held}n` : held))
}

function expect(walk: Walk, path: string, what: string, ours: unknown, theirs: unknown): void {
  if (ours !== theirs) differ(walk, path, `${what} is ${ours}, not ${theirs}`)
}

function expectNothing(walk: Walk, path: string, sentence: string): void {
  if (walk.options.ignore?.(path) !== true) differ(walk, path, sentence)
}

function differ(walk: Walk, path: string, sentence: string): void {
  if (walk.differences.length < enough) walk.differences.push(`${path || '/'}: ${sentence}`)
}
