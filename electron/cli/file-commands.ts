import path from 'node:path'
import { Failure } from '../../shared/failure.ts'
import type { ChangedFile, FileEntry, FilePath, FileVersion, VolumeId } from '../../shared/files.ts'
import type { MachineId } from '../../shared/machine.ts'
import type { Answer, Commands } from './command.ts'
import { needPath, placeOf, splitPlace } from './file-place.ts'
import { findMachine } from './find.ts'
import { UsageError, type Words } from './grammar.ts'
import { followRun, needDone, type Session } from './session.ts'

const pageLimit = 10_000

/** Files of points: looked at, taken out, found again, compared. */
export const fileCommands: Commands = {
  'files volumes': {
    grammar: { usage: 'files volumes POINT', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({
      value: (await calls.listVolumes({ pointId })).map(({ id, ...volume }) => ({ volumeId: id, ...volume })),
    }),
  },
  'files list': { grammar: { usage: 'files list POINT PATH', options: {}, positionals: 2 }, run: list },
  'files get': {
    grammar: {
      usage: 'files get POINT PATH... --to (DIR | -)',
      options: { to: 'string' },
      positionals: 2,
      hasMore: true,
      needed: ['to'],
    },
    run: get,
  },
  'files search': {
    grammar: {
      usage: 'files search QUERY [--machine MACHINE] [--deleted-since DATE]',
      options: { machine: 'string', 'deleted-since': 'string' },
      positionals: 1,
    },
    run: search,
  },
  'files versions': { grammar: { usage: 'files versions MACHINE PATH', options: {}, positionals: 2 }, run: versions },
  'files diff': { grammar: { usage: 'files diff POINT POINT', options: {}, positionals: 2 }, run: diff },
  'files index': {
    grammar: {
      usage: 'files index MACHINE [--off | --anew]',
      options: { off: 'boolean', anew: 'boolean' },
      positionals: 1,
    },
    run: index,
  },
}

async function list({ calls }: Session, { rest: [pointId = '', text = ''] }: Words): Promise<Answer> {
  const { volumeId, path: folder } = await placeOf(calls, pointId, text)
  const entries: FileEntry[] = []
  for (let cursor: string | undefined; ; ) {
    const from = cursor === undefined ? {} : { cursor }
    const page = await calls.listFiles({ pointId, volumeId, path: folder, limit: pageLimit, ...from })
    entries.push(...page.entries)
    cursor = page.next
    if (cursor === undefined) return { value: { pointId, volumeId, path: folder, entries } }
  }
}

async function get(session: Session, words: Words): Promise<Answer> {
  const [pointId = '', ...texts] = words.rest
  const items = await Promise.all(texts.map((text) => placeOf(session.calls, pointId, text)))
  const to = words.text('to') ?? ''
  if (to === '-') return await pour(session, items)
  const target = { kind: 'folder', folder: path.resolve(to) } as const
  const { runId } = await session.calls.startFileRestore({ items, target }, session.interrupted)
  const run = needDone(await followRun(session, runId))
  return { value: { runId, target: run.target ?? target.folder, ...run.files, warnings: run.warnings } }
}

/** One file as it is, anything else as a tar; nothing but its bytes goes to standard output. */
async function pour(
  { calls, download, write, interrupted }: Session,
  items: Parameters<typeof calls.openDownload>[0]['items'],
): Promise<Answer> {
  const [first, second] = items
  const isFile = first !== undefined && second === undefined && (await calls.showFile(first)).kind === 'file'
  const { ticket } = await calls.openDownload({ items, as: isFile ? 'file' : 'tar' })
  for await (const bytes of download(ticket, interrupted)) await write(bytes)
  return { value: undefined }
}

async function search(session: Session, words: Words): Promise<Answer> {
  const [query = ''] = words.rest
  const machine = words.text('machine')
  const since = words.text('deleted-since')
  const found = await session.calls.searchFiles({
    query,
    limit: 1000,
    ...(machine === undefined ? {} : { machineId: await findMachine(session, machine) }),
    ...(since === undefined ? {} : { deletedSince: momentOf(since) }),
  })
  return { value: found }
}

function momentOf(text: string): number {
  const moment = Date.parse(text)
  if (Number.isNaN(moment)) throw new UsageError(`${text} is no date: 2026-11-22, or with a time 2026-11-22T08:30`)
  return moment
}

/** A file that is gone by now is on no volume of the newest point, so the index is asked for each of them. */
async function versions(session: Session, { rest: [name = '', text = ''] }: Words): Promise<Answer> {
  const { calls } = session
  const machineId = await findMachine(session, name)
  const volumeIds = await volumesOf(session, machineId)
  const named = splitPlace(volumeIds, text)
  const place = named?.path ?? needPath(text)
  const asked = named === undefined ? volumeIds : [named.volumeId]
  const answers = await Promise.all(
    asked.map(async (volumeId) => ({ volumeId, ...(await calls.fileVersions({ machineId, volumeId, path: place })) })),
  )
  const { volumeId, versions: found, missing } = theOne(answers, place)
  return { value: { machineId, volumeId, path: place, versions: found, missing } }
}

type Known = {
  readonly volumeId: VolumeId
  readonly versions: readonly FileVersion[]
  readonly missing: readonly string[]
}

function theOne(answers: readonly Known[], place: FilePath): Known {
  const having = answers.filter(({ versions: known }) => known.length > 0)
  const [one, other] = having
  if (one === undefined) throw new Failure('file-not-found', `No point that is indexed has ${place}`)
  if (other === undefined) return one
  const choices = having.map(({ volumeId }) => `${volumeId}:${place}`).join(', ')
  throw new Failure('invalid-argument', `Several volumes have ${place}: say which of ${choices}`)
}

async function volumesOf({ calls }: Session, machineId: MachineId): Promise<readonly VolumeId[]> {
  const [newest] = await calls.listPoints({ machineId })
  if (newest === undefined) throw new Failure('point-not-found', `No point of the machine ${machineId} is known`)
  return (await calls.listVolumes({ pointId: newest.id })).map(({ id }) => id)
}

async function diff({ calls }: Session, { rest: [from = '', to = ''] }: Words): Promise<Answer> {
  const changes: ChangedFile[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await calls.diffFiles({ from, to, limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) })
    changes.push(...page.changes)
    cursor = page.next
    if (cursor === undefined) return { value: { from, to, changes } }
  }
}

/** Reads what is missing, after switching the machine on; answers what is known of it then. */
async function index(session: Session, words: Words): Promise<Answer> {
  const { calls } = session
  const [name = ''] = words.rest
  if (words.has('off') && words.has('anew')) throw new UsageError('--off and --anew are two things')
  const machineId = await findMachine(session, name)
  await calls.setFileIndex({ machineId, enabled: !words.has('off') })
  if (words.has('off')) return { value: { machineId, enabled: false } }
  const { runId } = await calls.startFileIndex({ machineId, ...(words.has('anew') ? { anew: true } : {}) })
  const { warnings } = needDone(await followRun(session, runId))
  const known = (await calls.listFileIndexes(null)).find((each) => each.machineId === machineId)
  return { value: { runId, machineId, ...known, warnings } }
}
