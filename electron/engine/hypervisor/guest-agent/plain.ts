import { Failure } from '../../../../shared/failure.ts'
import type { GuestFile } from '../hypervisor.ts'
import { type AskAgent, needTellable } from './agent.ts'
import { Handle } from './handle.ts'

/**
 * A file under its own name from the start, by an agent that runs no programs. Such an agent can neither rename nor create
 * exclusively: opened for appending nothing is cut off, and a file that has bytes is one that was there. An empty one of the name
 * gets the bytes.
 */
export async function createInPlace(ask: AskAgent, path: string, signal: AbortSignal): Promise<GuestFile> {
  const handle = await Handle.open(ask, needTellable(path), 'ab', signal)
  try {
    const sizeBytes = await handle.end(signal)
    if (sizeBytes > 0) throw new Failure('target-exists', `The guest has ${path} already`)
  } catch (thrown) {
    await handle.close(AbortSignal.timeout(lastWordMs)).catch(() => undefined)
    throw thrown
  }
  let isOpen = true
  return {
    write: (bytes, writeSignal) => handle.write(bytes, writeSignal),
    async finish(finishSignal) {
      await handle.flush(finishSignal)
      await handle.close(finishSignal)
      isOpen = false
    },
    async [Symbol.asyncDispose]() {
      if (isOpen) await handle.close(AbortSignal.timeout(lastWordMs)).catch(() => undefined)
    },
  }
}

const lastWordMs = 10_000
