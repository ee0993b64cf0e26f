import type { Point } from '../../shared/point.ts'
import type { Answer, Commands } from './command.ts'
import type { Words } from './grammar.ts'
import { failureOf, followRun, needDone, type Session } from './session.ts'

/** Points: listed, kept, deleted, brought back, verified. */
export const pointCommands: Commands = {
  'point list': {
    grammar: { usage: 'point list [--machine ID]', options: { machine: 'string' }, positionals: 0 },
    async run({ calls }, words) {
      const machineId = words.text('machine')
      const points = await calls.listPoints(machineId === undefined ? {} : { machineId })
      return { value: points.map(named) }
    },
  },
  'point show': {
    grammar: { usage: 'point show ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({ value: named(await calls.showPoint({ pointId })) }),
  },
  'point pin': {
    grammar: { usage: 'point pin ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({ value: await calls.pinPoint({ pointId, pinned: true }) }),
  },
  'point unpin': {
    grammar: { usage: 'point unpin ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [pointId = ''] }) => ({ value: await calls.pinPoint({ pointId, pinned: false }) }),
  },
  'point label': {
    grammar: { usage: 'point label ID [LABEL]...', options: {}, positionals: 1, hasMore: true },
    run: async ({ calls }, { rest: [pointId = '', ...labels] }) => ({
      value: await calls.labelPoint({ pointId, labels }),
    }),
  },
  'point delete': {
    grammar: {
      usage: 'point delete --repository ID POINT...',
      options: { repository: 'string' },
      positionals: 1,
      hasMore: true,
      needed: ['repository'],
    },
    run: async ({ calls }, { rest, text }) => ({
      value: await calls.deletePoints({ repositoryId: text('repository') ?? '', pointIds: [...rest] }),
    }),
  },
  'trash list': {
    grammar: { usage: 'trash list REPOSITORY', options: {}, positionals: 1 },
    async run({ calls }, { rest: [repositoryId = ''] }) {
      const trashed = await calls.listTrash({ repositoryId })
      return { value: trashed.map(({ point, ...facts }) => ({ ...named(point), ...facts })) }
    },
  },
  'trash recover': {
    grammar: {
      usage: 'trash recover --repository ID POINT...',
      options: { repository: 'string' },
      positionals: 1,
      hasMore: true,
      needed: ['repository'],
    },
    run: async ({ calls }, { rest, text }) => ({
      value: await calls.recoverPoints({ repositoryId: text('repository') ?? '', pointIds: [...rest] }),
    }),
  },
  verify: { grammar: { usage: 'verify (REPOSITORY | POINT)', options: {}, positionals: 1 }, run: verify },
}

function named({ id, ...point }: Point) {
  return { pointId: id, ...point }
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
