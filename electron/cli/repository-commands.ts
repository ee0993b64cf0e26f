import path from 'node:path'
import type { Unlock } from '../../shared/contract.ts'
import type { Answer, Commands } from './command.ts'
import { readSecret } from './find.ts'
import type { Words } from './grammar.ts'
import { failureOf, followRun, needDone, type Session } from './session.ts'

const address = (folder: string) => ({ kind: 'folder', folder: path.resolve(folder) }) as const

/** Repositories and the points in them. */
export const repositoryCommands: Commands = {
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
  'repository remove': {
    grammar: { usage: 'repository remove ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [repositoryId = ''] }) => ({
      value: await calls.removeRepository({ repositoryId }),
    }),
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
  'point pin': {
    grammar: { usage: 'point pin ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({ value: await calls.pinPoint({ pointId, pinned: true }) }),
  },
  'point unpin': {
    grammar: { usage: 'point unpin ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({ value: await calls.pinPoint({ pointId, pinned: false }) }),
  },
  verify: { grammar: { usage: 'verify (REPOSITORY | POINT)', options: {}, positionals: 1 }, run: verify },
}

function unlockOf(words: Words): Unlock {
  const file = words.text('passphrase-file')
  if (file !== undefined) return { kind: 'passphrase', passphrase: readSecret(file) }
  return { kind: 'recovery-words', words: readSecret(words.text('recovery-words-file') ?? '') }
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
  const failure = failureOf(run)
  return failure === undefined ? { value } : { value, failure }
}
