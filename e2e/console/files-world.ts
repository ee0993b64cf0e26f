import type { Handlers } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { ChangedFile, FileEntry, FileHit, FileIndex, Volume } from '../../shared/files.ts'
import type { Run } from '../../shared/job.ts'
import { GiB, KiB, MiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'
import { longWorld } from './lineage-world.ts'
import { run } from './world-runs.ts'
import { hour, machineId, now, pointId } from './worlds.ts'

/** A name that is no UTF-8 and turns the text around. */
export const hostileName = 'bill\u202Egpj.\uDCFFexe'

/** The smallest picture there is: one grey dot. */
export const dotPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOoBwAAgQCB9gZyqAAAAABJRU5ErkJggg==',
  'base64',
)

const report = '# Quarter\n\tRevenue: 1,024\n还原点\n'

/** `web-01` with five points and what its disks hold. Calls are kept, to be looked at. */
export type FilesWorld = {
  readonly world: World
  readonly played: Partial<Handlers<AbortSignal>>
  readonly asked: { readonly name: string; readonly argument: unknown }[]
}

export function filesWorld(): FilesWorld {
  const world = longWorld(5)
  const asked: FilesWorld['asked'] = []
  const told = { unlocked: false }
  const note = <T>(name: string, argument: T): T => {
    asked.push({ name, argument })
    return argument
  }
  const played: Partial<Handlers<AbortSignal>> = {
    listVolumes: async () => volumesOf(told.unlocked),
    unlockVolume: async ({ passphrase }) => {
      if (passphrase !== 'correct horse') throw new Failure('passphrase-wrong', 'No key slot opens with it')
      told.unlocked = true
      return null
    },
    listFiles: async ({ pointId: id, path, cursor, limit }) => pageOf(entriesOf(id, path), cursor, limit),
    showFile: async ({ pointId: id, path }) => {
      const entry = entriesOf(id, folderOf(path)).find(({ name }) => path.endsWith(`/${name}`))
      if (entry === undefined) throw new Failure('file-not-found', path)
      const streams = entry.name === 'report.md' ? [{ name: 'Zone.Identifier', sizeBytes: 26 }] : []
      return { ...entry, path, accessedAt: now - hour, allocatedBytes: 4096, links: 1, node: '131', streams }
    },
    readFile: async ({ path, offset, lengthBytes }) => {
      const bytes = contentOf(path)
      return {
        base64: bytes.subarray(offset, offset + lengthBytes).toString('base64'),
        sizeBytes: bytes.length,
      }
    },
    compareFolder: async ({ pointId: id, against, path }) => changesOf(id, against, path),
    diffFiles: async ({ from, to, path = '/' }) => ({ changes: changesOf(from, to, path) }),
    fileVersions: async ({ path }) => versionsOf(path),
    searchFiles: async (wanted) => found(note('searchFiles', wanted).query, wanted.deletedSince),
    listFileIndexes: async () => indexes(),
    setFileIndex: async (wanted) => {
      note('setFileIndex', wanted)
      return null
    },
    startFileIndex: async (wanted) => {
      note('startFileIndex', wanted)
      return { runId: 'e'.repeat(32) }
    },
    listFolders: async ({ folder = '/srv' }) => ({
      folder,
      parent: '/',
      folders: [`${folder}/out`, `${folder}/虚拟机`],
    }),
    openDownload: async (wanted) => {
      note('openDownload', wanted)
      const [first] = wanted.items
      const name = wanted.as === 'file' ? (first?.path.split('/').at(-1) ?? '') : `files.${wanted.as}`
      return { ticket: 'ticket', name, sizeBytes: 10 }
    },
    startFileRestore: async (wanted) => {
      note('startFileRestore', wanted)
      return { runId: restored(wanted.target.kind).id }
    },
  }
  return { world, played, asked }
}

/** The run of a restore of files that has ended. */
export function restored(targetKind: 'folder' | 'machine' | 'shelf'): Run {
  return run(0, {
    id: 'd'.repeat(32),
    kind: 'files',
    state: 'done',
    machineId: machineId(1),
    machineName: 'web-01',
    targetKind,
    target: targetKind === 'shelf' ? '/home/admin/shelf/1/report.md' : '/srv/out',
    endedAt: now,
    files: {
      files: 3,
      folders: 1,
      links: 0,
      bytes: 5 * MiB,
      renamed: [{ path: '/home/report.md', as: 'report (2).md' }],
      skipped: [{ path: '/dev/null', why: 'A device cannot be made here' }],
    },
  })
}

function volumesOf(unlocked: boolean): Volume[] {
  const plain = { kind: 'partition' as const, disks: ['vda'] }
  return [
    { ...plain, id: 'vda/1', sizeBytes: 512 * MiB, content: 'fat32', label: 'EFI', reader: 'own', notes: [] },
    {
      ...plain,
      id: 'vda/2',
      sizeBytes: 30 * GiB,
      content: 'ext4',
      label: 'root',
      reader: 'own',
      notes: ['journal-replayed', 'unclean'],
    },
    { ...plain, id: 'vda/3', sizeBytes: 2 * GiB, content: 'swap', refusal: 'no-files', notes: [] },
    {
      ...plain,
      id: 'vda/4',
      name: 'secret',
      sizeBytes: 4 * GiB,
      content: 'luks',
      notes: [],
      ...(unlocked
        ? { reader: 'libguestfs' as const }
        : { refusal: 'encrypted' as const, told: 'LUKS2, one key slot' }),
    },
    {
      ...plain,
      id: 'vg0/data',
      kind: 'logical-volume',
      sizeBytes: 100 * GiB,
      content: 'unknown',
      refusal: 'disk-missing',
      notes: [],
    },
  ]
}

function entry(name: string, rest: Partial<FileEntry> = {}): FileEntry {
  const owned = { mode: 0o644, uid: 0, gid: 0, modifiedAt: now - 30 * hour }
  return { name, kind: 'file', sizeBytes: 12 * KiB, ...owned, ...rest }
}

const folder = (name: string): FileEntry => entry(name, { kind: 'folder', sizeBytes: 4096, mode: 0o755 })

/** The newest point is the one with number 0. The report went between the third and the second. */
function entriesOf(id: string, path: string): FileEntry[] {
  if (path === '/')
    return [folder('etc'), folder('home'), folder('many'), entry('vmlinuz', { kind: 'link', target: 'boot/vmlinuz' })]
  if (path === '/etc') return [entry('hosts'), entry('shadow', { mode: 0o4640 })]
  if (path === '/many')
    return Array.from({ length: 100_000 }, (_, at) => ({ name: `file${at}`, kind: 'file', sizeBytes: at }))
  if (path !== '/home') throw new Failure('file-not-found', path)
  const report = entry('report.md', { sizeBytes: 40 })
  return [
    folder('admin'),
    entry('dot.png', { sizeBytes: 67 }),
    entry('big.log', { sizeBytes: 3 * GiB, modifiedAt: now - hour }),
    entry('.hidden', { attributes: ['hidden'] }),
    entry(hostileName),
    entry('half-read', { kind: 'other', problem: 'Its inode has a wrong checksum' }),
    ...(id === pointId(0) || id === pointId(1) ? [] : [report]),
  ]
}

function pageOf(
  entries: FileEntry[],
  cursor: string | undefined,
  limit: number,
): { entries: FileEntry[]; next?: string } {
  const from = Number(cursor ?? 0)
  const end = from + limit
  return { entries: entries.slice(from, end), ...(end < entries.length ? { next: String(end) } : {}) }
}

function contentOf(path: string): Buffer {
  if (path.endsWith('.png')) return dotPng
  if (path.endsWith('.log')) return Buffer.alloc(200_000, 'a line of the log\n')
  return path.endsWith('.md') ? Buffer.from(report) : Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])
}

function changesOf(one: string, other: string, path: string): ChangedFile[] {
  const isLong = [one, other].includes(pointId(0)) && ![one, other].includes(pointId(1))
  if (path !== '/home' || !isLong) return []
  return [
    { volumeId: 'vda/2', path: '/home/report.md', change: 'gone', before: entry('report.md', { sizeBytes: 40 }) },
    { volumeId: 'vda/2', path: '/home/big.log', change: 'changed', before: entry('big.log'), after: entry('big.log') },
    { volumeId: 'vda/2', path: '/home/notes.txt', change: 'new', after: entry('notes.txt', { sizeBytes: 900 }) },
  ]
}

function versionsOf(path: string) {
  if (!path.endsWith('report.md')) return { versions: [], missing: [pointId(3)] }
  return {
    versions: [
      { kind: 'file' as const, sizeBytes: 40, modifiedAt: now - 50 * hour, pointIds: [pointId(2)] },
      { kind: 'file' as const, sizeBytes: 36, modifiedAt: now - 90 * hour, pointIds: [pointId(3), pointId(4)] },
    ],
    missing: [],
  }
}

function found(
  query: string,
  deletedSince: number | undefined,
): { hits: FileHit[]; isMore: boolean; missingPoints: number } {
  const base = {
    machineId: machineId(1),
    volumeId: 'vda/2',
    kind: 'file',
    modifiedAt: now - 50 * hour,
    versions: 2,
  } as const
  const gone: FileHit = {
    ...base,
    path: '/home/report.md',
    sizeBytes: 40,
    pointId: pointId(2),
    pointAt: now - 49 * hour,
    goneSince: now - 25 * hour,
  }
  const there: FileHit = {
    ...base,
    path: '/home/big.log',
    sizeBytes: 3 * GiB,
    pointId: pointId(0),
    pointAt: now - hour,
  }
  const hits = [gone, ...(deletedSince === undefined ? [there] : [])]
  return { hits: hits.filter(({ path }) => path.includes(query)), isMore: false, missingPoints: 1 }
}

function indexes(): FileIndex[] {
  return [{ machineId: machineId(1), enabled: true, points: 5, indexed: 4, entries: 184_000, skipped: 1 }]
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}
