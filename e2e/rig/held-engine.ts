import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A process that holds a session, or a freeze, as an engine would. */
export type HeldEngine = Disposable & { killed(): Promise<void> }

/** Resolves once the session stands, the guest is frozen or the restore has its disks. `place` is a point's id or a restore's folder. `killed` ends the process as a crash would: SIGKILL. */
export async function holdEngine(
  what: 'frozen' | 'session' | 'restore',
  machineId: string,
  stateFolder: string,
  place: string,
): Promise<HeldEngine> {
  const program = join(import.meta.dirname, 'hold-session.ts')
  const child = spawn(process.execPath, [program, what, machineId, stateFolder, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  const gone = once(child, 'exit')
  const [line] = await Promise.race([once(lines, 'line'), gone.then(() => ['it ended'])])
  if (line !== 'held') throw new Error(`The engine to be held: ${line}`)
  return {
    async killed() {
      child.kill('SIGKILL')
      await gone
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}
