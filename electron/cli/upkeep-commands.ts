import type { Run, RunId } from '../../shared/job.ts'
import type { Answer, Commands } from './command.ts'
import type { Words } from './grammar.ts'
import { lockOf } from './repository-commands.ts'
import { failureOf, followRun, type Session } from './session.ts'

/** What keeps repositories in order. */
export const upkeepCommands: Commands = {
  retention: {
    grammar: { usage: 'retention POLICY [--dry-run]', options: { 'dry-run': 'boolean' }, positionals: 1 },
    run: retention,
  },
  sweep: {
    grammar: { usage: 'sweep REPOSITORY', options: {}, positionals: 1 },
    async run(session, { rest: [repositoryId = ''] }) {
      const { runId } = await session.calls.startSweep({ repositoryId }, session.interrupted)
      return ended(session, runId, (run) => ({ repositoryId, ...run.sweep }))
    },
  },
  copy: {
    grammar: {
      usage: 'copy --from ID --to ID [POINT]...',
      options: { from: 'string', to: 'string' },
      positionals: 0,
      hasMore: true,
      needed: ['from', 'to'],
    },
    async run(session, { rest, text }) {
      const [from, to] = [text('from') ?? '', text('to') ?? '']
      const wish = { from, to, ...(rest.length === 0 ? {} : { pointIds: [...rest] }) }
      const { runId } = await session.calls.startCopy(wish, session.interrupted)
      return ended(session, runId, ({ count = 0, progress }) => {
        return { from, to, points: count, bytesRead: progress.bytesRead, bytesStored: progress.bytesStored }
      })
    },
  },
  mend: {
    grammar: { usage: 'mend REPOSITORY', options: {}, positionals: 1 },
    async run(session, { rest: [repositoryId = ''] }) {
      const { runId } = await session.calls.startMend({ repositoryId }, session.interrupted)
      return ended(session, runId, ({ count = 0 }) => ({ repositoryId, chunks: count }))
    },
  },
  'lock set': {
    grammar: {
      usage: 'lock set REPOSITORY (--days N [--mode governance|compliance] | --none)',
      options: { days: 'string', mode: 'string', none: 'boolean' },
      positionals: 1,
      oneOf: ['days', 'none'],
      within: { mode: ['days'] },
    },
    async run({ calls, interrupted }, words) {
      const repositoryId = words.rest[0] ?? ''
      const lock = lockOf(words)
      return { value: await calls.setLock({ repositoryId, ...(lock === undefined ? {} : { lock }) }, interrupted) }
    },
  },
  'lock check': {
    grammar: { usage: 'lock check REPOSITORY', options: {}, positionals: 1 },
    async run(session, { rest: [repositoryId = ''] }) {
      const { runId } = await session.calls.startLock({ repositoryId }, session.interrupted)
      return ended(session, runId, (run) => ({ repositoryId, ...run.lock }))
    },
  },
  'catalog rebuild': {
    grammar: { usage: 'catalog rebuild [--from REPOSITORY]', options: { from: 'string' }, positionals: 0 },
    async run({ calls, interrupted }, words) {
      const restoreFrom = words.text('from')
      const wish = restoreFrom === undefined ? {} : { restoreFrom }
      return { value: await calls.rebuildCatalog(wish, interrupted) }
    },
  },
}

async function retention(session: Session, words: Words): Promise<Answer> {
  const policyId = words.rest[0] ?? ''
  if (words.has('dry-run')) {
    return { value: { policyId, points: await session.calls.planRetention({ policyId }, session.interrupted) } }
  }
  const { runId } = await session.calls.startRetention({ policyId }, session.interrupted)
  return ended(session, runId, ({ count = 0 }) => ({ policyId, trashed: count }))
}

/** What came of the run is answered also when it failed. */
async function ended(session: Session, runId: RunId, facts: (run: Run) => object): Promise<Answer> {
  const run = await followRun(session, runId)
  const value = { runId, ...facts(run), warnings: run.warnings }
  const failure = failureOf(run)
  return failure === undefined ? { value } : { value, failure }
}
