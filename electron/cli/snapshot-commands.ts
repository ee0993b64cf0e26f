import type { Result } from '../../shared/contract.ts'
import type { MachineId } from '../../shared/machine.ts'
import type { Answer, Commands } from './command.ts'
import { findMachine } from './find.ts'
import type { Words } from './grammar.ts'
import { followRun, needDone, type Session } from './session.ts'

const named = { options: { name: 'string' }, positionals: 1, needed: ['name'] } as const

/** The hypervisor's own snapshots. */
export const snapshotCommands: Commands = {
  'snapshot create': {
    grammar: {
      ...named,
      usage: 'snapshot create MACHINE --name N [--memory] [--description TEXT]',
      options: { ...named.options, memory: 'boolean', description: 'string' },
    },
    run: (session, words) =>
      run(session, words, (machineId, name) => {
        const description = words.text('description')
        const told = description === undefined ? {} : { description }
        const wish = { machineId, name, memory: words.has('memory'), ...told }
        return session.calls.createSnapshot(wish, session.interrupted)
      }),
  },
  'snapshot revert': {
    grammar: { ...named, usage: 'snapshot revert MACHINE --name N' },
    run: (session, words) =>
      run(session, words, (machineId, name) => session.calls.revertSnapshot({ machineId, name }, session.interrupted)),
  },
  'snapshot delete': {
    grammar: { ...named, usage: 'snapshot delete MACHINE --name N' },
    run: (session, words) =>
      run(session, words, (machineId, name) => session.calls.deleteSnapshot({ machineId, name }, session.interrupted)),
  },
}

async function run(
  session: Session,
  words: Words,
  start: (machineId: MachineId, name: string) => Promise<Result<'createSnapshot'>>,
): Promise<Answer> {
  const machineId = await findMachine(session, words.rest[0] ?? '')
  const snapshot = words.text('name') ?? ''
  const { runId } = await start(machineId, snapshot)
  const { warnings } = needDone(await followRun(session, runId))
  return { value: { runId, machineId, snapshot, warnings } }
}
