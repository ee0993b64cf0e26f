import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import type { Connection } from '../../shared/wire.ts'
import { untilIdle } from './until-idle.ts'

function run(id: string, state: Run['state']): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  return { id, kind: 'backup', state, queuedAt: 0, progress, disks: [], warnings: [] }
}

test('the console stays for as long as any run is under way', async () => {
  const runs = new Map([run('a', 'running'), run('b', 'queued')].map((each) => [each.id, each]))
  const listeners = new Set<(run: Run) => void>()
  let asked = Promise.withResolvers<void>()
  const engine = {
    calls: {
      listRuns: async () => {
        asked.resolve()
        return [...runs.values()]
      },
    },
    on: (_name: 'run', listener: (run: Run) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  } as unknown as Pick<Connection<AbortSignal>, 'calls' | 'on'>
  const end = (id: string): void => {
    asked = Promise.withResolvers()
    runs.set(id, run(id, 'done'))
    for (const listener of [...listeners]) listener(run(id, 'done'))
  }

  let idle = false
  const done = untilIdle(engine).then(() => {
    idle = true
  })
  await asked.promise
  end('a')
  await asked.promise
  assert.equal(idle, false)
  end('b')
  await done
  assert.equal(listeners.size, 0)
})
