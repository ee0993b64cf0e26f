import path from 'node:path'
import type { Run } from '../../shared/job.ts'
import { type Method, methods } from '../../shared/point.ts'
import { type Answer, type Commands, choice } from './command.ts'
import { findMachine } from './find.ts'
import type { Words } from './grammar.ts'
import { runPolicy } from './policy-run.ts'
import { restoreCommand } from './restore-command.ts'
import { followIndexes, followRun, needDone, type Session } from './session.ts'

/** What makes runs, and the list of them. */
export const runCommands: Commands = {
  backup: {
    grammar: {
      usage: 'backup MACHINE --repository ID [--method full|incremental|differential]',
      options: { repository: 'string', method: 'string' },
      positionals: 1,
      needed: ['repository'],
    },
    run: backup,
  },
  restore: restoreCommand,
  'policy list': {
    grammar: { usage: 'policy list', options: {}, positionals: 0 },
    run: async ({ calls }) => ({
      value: (await calls.listPolicies(null)).map(({ id, ...policy }) => ({ policyId: id, ...policy })),
    }),
  },
  'policy run': {
    grammar: {
      usage: 'policy run ID [--method full|incremental|differential]',
      options: { method: 'string' },
      positionals: 1,
    },
    run: (session, words) => runPolicy(session, words.rest[0] ?? '', methodOf(words)),
  },
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

function methodOf(words: Words): Method {
  return choice(words.text('method') ?? 'incremental', methods, 'method')
}

async function backup(session: Session, words: Words): Promise<Answer> {
  const method = methodOf(words)
  const machineId = await findMachine(session, words.rest[0] ?? '')
  const repositoryId = words.text('repository') ?? ''
  const { runId } = await session.calls.startBackup({ machineId, repositoryId, method }, session.interrupted)
  const run = needDone(await followRun(session, runId))
  await followIndexes(session, [run])
  const { id, ...point } = await session.calls.showPoint({ pointId: run.pointId ?? '' })
  return { value: { runId, pointId: id, ...point, warnings: run.warnings } }
}
