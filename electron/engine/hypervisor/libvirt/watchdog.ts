import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import { armed, disarm, watchdogCommand } from './watchdog-command.ts'

/** A guest's file systems never stand still for longer than this, whatever happens to us. */
const longestFreezeMs = 20_000

/** A process of its own that thaws the guest unless it is told that all is well. */
export type Watchdog = AsyncDisposable & {
  /** The guest was thawed: the watchdog ends. Disposed of before that, it thaws. */
  disarm(): void
}

/**
 * Resolves once the watchdog holds a connection of its own to the host. It is in a session of its own, so that what kills
 * the engine with its process group does not kill it too. Fails with `tool-missing` when it does not start.
 */
export async function armWatchdog(uri: string, machineId: MachineId, signal: AbortSignal): Promise<Watchdog> {
  const { program, words } = watchdogCommand({ uri, machineId, limitMs: longestFreezeMs })
  const child = spawn(program, words, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] })
  child.once('error', () => undefined)
  child.stdin.once('error', () => undefined)
  const lines = createInterface(child.stdout)
  try {
    const [word] = await Promise.race([
      once(lines, 'line', { signal }),
      once(child, 'close', { signal }).then(() => ['it ended']),
    ])
    if (word !== armed) throw new Failure('tool-missing', `The freeze watchdog did not start: ${word}`)
  } catch (error) {
    child.stdin.destroy()
    child.kill()
    throw error
  }
  child.unref()
  lines.close()
  child.stdout.destroy()
  return {
    disarm: () => void child.stdin.end(`${disarm}\n`),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
    },
  }
}
