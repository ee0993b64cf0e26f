import path from 'node:path'
import type { RestoreTarget, Unlock } from '../../shared/contract.ts'
import type { Run } from '../../shared/job.ts'
import { type DiskFormat, diskFormats } from '../../shared/machine.ts'
import { type Method, methods } from '../../shared/point.ts'
import { findMachine, readSecret } from './find.ts'
import { type Grammar, UsageError, type Words } from './grammar.ts'
import { followRun, needDone, type Session, settleHosts } from './session.ts'

/** What a command answers is printed as JSON. One that failed and still has something to tell answers both. */
export type Answer = { readonly value: unknown; readonly failure?: unknown }

export type Command = { readonly grammar: Grammar; run(session: Session, words: Words): Promise<Answer> }

const address = (folder: string) => ({ kind: 'folder', folder: path.resolve(folder) }) as const

/** Everything but `serve`, by its words. */
export const commands: Readonly<Record<string, Command>> = {
  'host add': {
    grammar: {
      usage: 'host add --libvirt URI | --images DIR',
      options: { libvirt: 'string', images: 'string' },
      positionals: 0,
      oneOf: ['libvirt', 'images'],
    },
    async run({ calls, interrupted }, words) {
      const uri = words.text('libvirt')
      const folder = path.resolve(words.text('images') ?? '')
      const host = uri === undefined ? ({ kind: 'images', folder } as const) : ({ kind: 'libvirt', uri } as const)
      return { value: await calls.addHost({ address: host }, interrupted) }
    },
  },
  'host list': {
    grammar: { usage: 'host list', options: {}, positionals: 0 },
    async run(session) {
      await settleHosts(session)
      return { value: (await session.calls.listHosts(null)).map(({ id, ...host }) => ({ hostId: id, ...host })) }
    },
  },
  'host remove': {
    grammar: { usage: 'host remove ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [hostId = ''] }) => ({ value: await calls.removeHost({ hostId }) }),
  },
  'machine list': {
    grammar: { usage: 'machine list', options: {}, positionals: 0 },
    async run(session) {
      await settleHosts(session)
      const machines = await session.calls.listMachines(null)
      return { value: machines.map(({ id, ...machine }) => ({ machineId: id, ...machine })) }
    },
  },
  'repository create': {
    grammar: {
      usage: 'repository create --folder DIR --passphrase-file F',
      options: { folder: 'string', 'passphrase-file': 'string' },
      positionals: 0,
      needed: ['folder', 'passphrase-file'],
    },
    async run({ calls, interrupted }, words) {
      const passphrase = readSecret(words.text('passphrase-file') ?? '')
      return {
        value: await calls.createRepository({ address: address(words.text('folder') ?? ''), passphrase }, interrupted),
      }
    },
  },
  'repository open': {
    grammar: {
      usage: 'repository open --folder DIR (--passphrase-file F | --recovery-words-file F)',
      options: { folder: 'string', 'passphrase-file': 'string', 'recovery-words-file': 'string' },
      positionals: 0,
      needed: ['folder'],
      oneOf: ['passphrase-file', 'recovery-words-file'],
    },
    async run({ calls, interrupted }, words) {
      const unlock = unlockOf(words)
      return {
        value: await calls.openRepository({ address: address(words.text('folder') ?? ''), unlock }, interrupted),
      }
    },
  },
  'repository list': {
    grammar: { usage: 'repository list', options: {}, positionals: 0 },
    async run({ calls }) {
      const repositories = await calls.listRepositories(null)
      return { value: repositories.map(({ id, ...repository }) => ({ repositoryId: id, ...repository })) }
    },
  },
  backup: {
    grammar: {
      usage: 'backup MACHINE --repository ID [--method full|incremental|differential]',
      options: { repository: 'string', method: 'string' },
      positionals: 1,
      needed: ['repository'],
    },
    run: backup,
  },
  'point list': {
    grammar: { usage: 'point list [--machine ID]', options: { machine: 'string' }, positionals: 0 },
    async run({ calls }, words) {
      const machineId = words.text('machine')
      const points = await calls.listPoints(machineId === undefined ? {} : { machineId })
      return { value: points.map(({ id, ...point }) => ({ pointId: id, ...point })) }
    },
  },
  'point show': {
    grammar: { usage: 'point show ID', options: {}, positionals: 1 },
    async run({ calls }, { rest: [pointId = ''] }) {
      const { id, ...point } = await calls.showPoint({ pointId })
      return { value: { pointId: id, ...point } }
    },
  },
  restore: {
    grammar: {
      usage:
        'restore POINT (--to-images DIR [--format F] [--disk NAME] | --as-new NAME --host ID [--storage DIR] | --in-place)',
      options: {
        'to-images': 'string',
        format: 'string',
        disk: 'string',
        'as-new': 'string',
        host: 'string',
        storage: 'string',
        'in-place': 'boolean',
      },
      positionals: 1,
      oneOf: ['to-images', 'as-new', 'in-place'],
      within: { format: 'to-images', disk: 'to-images', host: 'as-new', storage: 'as-new' },
    },
    run: restore,
  },
  verify: { grammar: { usage: 'verify (REPOSITORY | POINT)', options: {}, positionals: 1 }, run: verify },
  'sample create': {
    grammar: { usage: 'sample create --images DIR', options: { images: 'string' }, positionals: 0, needed: ['images'] },
    run: async ({ calls }, words) => ({
      value: await calls.createSample({ folder: path.resolve(words.text('images') ?? '') }),
    }),
  },
  'run list': {
    grammar: { usage: 'run list', options: {}, positionals: 0 },
    run: async ({ calls }) => ({ value: (await calls.listRuns({ limit: 1000 })).map(named) }),
  },
}

function named({ id, ...run }: Run) {
  return { runId: id, ...run }
}

function unlockOf(words: Words): Unlock {
  const file = words.text('passphrase-file')
  if (file !== undefined) return { kind: 'passphrase', passphrase: readSecret(file) }
  return { kind: 'recovery-words', words: readSecret(words.text('recovery-words-file') ?? '') }
}

async function backup(session: Session, words: Words): Promise<Answer> {
  const method = choice(words.text('method') ?? 'incremental', methods, 'method') satisfies Method
  const machineId = await findMachine(session, words.rest[0] ?? '')
  const repositoryId = words.text('repository') ?? ''
  const { runId } = await session.calls.startBackup({ machineId, repositoryId, method }, session.interrupted)
  const run = needDone(await followRun(session, runId))
  const { id, ...point } = await session.calls.showPoint({ pointId: run.pointId ?? '' })
  return { value: { runId, pointId: id, ...point, warnings: run.warnings } }
}

async function restore(session: Session, words: Words): Promise<Answer> {
  const pointId = words.rest[0] ?? ''
  const target = targetOf(words)
  const { runId } = await session.calls.startRestore({ pointId, target }, session.interrupted)
  const run = needDone(await followRun(session, runId))
  const files = target.kind === 'images' ? { files: run.target?.split('\n') ?? [] } : { machineId: run.machineId }
  const { bytesRead, bytesWritten } = run.progress
  return { value: { runId, pointId, target: run.target, ...files, bytesRead, bytesWritten, warnings: run.warnings } }
}

function targetOf(words: Words): RestoreTarget {
  const [folder, name, disk, storage] = ['to-images', 'as-new', 'disk', 'storage'].map((option) => words.text(option))
  if (folder !== undefined) {
    const format = choice(words.text('format') ?? 'raw', diskFormats, 'format') satisfies DiskFormat
    return { kind: 'images', folder: path.resolve(folder), format, ...(disk === undefined ? {} : { disk }) }
  }
  if (name === undefined) return { kind: 'in-place' }
  const hostId = words.text('host')
  if (hostId === undefined) throw new UsageError('--as-new needs --host')
  return { kind: 'new-machine', name, hostId, ...(storage === undefined ? {} : { storage: path.resolve(storage) }) }
}

/** The report of what was found is answered also when it names damage. */
async function verify(session: Session, words: Words): Promise<Answer> {
  const id = words.rest[0] ?? ''
  const repositories = await session.calls.listRepositories(null)
  const isRepository = repositories.some((repository) => repository.id === id)
  const subject = isRepository ? { repositoryId: id } : { pointId: id }
  const { runId } = await session.calls.startVerify(subject, session.interrupted)
  const run = await followRun(session, runId)
  if (run.report === undefined) needDone(run)
  const value = { runId, ...subject, ...run.report }
  return run.state === 'done' ? { value } : { value, failure: failureOf(run) }
}

function failureOf(run: Run): unknown {
  try {
    return needDone(run)
  } catch (thrown) {
    return thrown
  }
}

function choice<T extends string>(text: string, among: readonly T[], name: string): T {
  const found = among.find((each) => each === text)
  if (found === undefined) throw new UsageError(`--${name} is one of ${among.join(', ')}`)
  return found
}
