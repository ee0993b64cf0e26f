import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Run } from '../../shared/job.ts'
import { MiB } from '../../shared/units.ts'
import { connect } from '../../shared/wire.ts'
import { EngineThread } from '../host/engine-thread.ts'
import { passphrase, place } from './proof/walk.ts'

/** The engine's own thread, which ends without a word as soon as the file `order` is there. */
function mortal(order: string): URL {
  const script = `
    import { existsSync, rmSync } from 'node:fs'
    import ${JSON.stringify(new URL('./thread.ts', import.meta.url).href)}
    setInterval(() => {
      if (!existsSync(${JSON.stringify(order)})) return
      rmSync(${JSON.stringify(order)})
      process.exit(9)
    }, 10)`
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`)
}

async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 20_000; performance.now() < end; await delay(20)) {
    const found = await ask()
    if (found !== undefined) return found
  }
  throw new Error(`It never came about that ${what}`)
}

test('the run of an engine that died is failed by the next one, which says so, and the machine can be backed up', async () => {
  await using at = await place('images')
  writeFileSync(at.at('images', 'big.raw'), randomBytes(64 * MiB))
  await using engine = new EngineThread({ home: at.at('home'), entry: mortal(at.at('die')), restartWaitMs: 1 })
  using port = engine.attach()
  const { calls, on } = connect<AbortSignal>(port)
  await calls.addHost({ address: { kind: 'images', folder: at.at('images') } })
  const address = { kind: 'folder', folder: at.at('repository') } as const
  const { repositoryId } = await calls.createRepository({ address, passphrase })
  const machineId = (await calls.listMachines(null))[0]?.id ?? ''
  const backup = { machineId, repositoryId, method: 'full' } as const
  const { runId } = await calls.startBackup(backup)
  await calls.pauseRun({ runId })
  const changed = Promise.withResolvers<void>()
  on('runsChanged', () => changed.resolve())
  writeFileSync(at.at('die'), '')
  await changed.promise
  assert.ok(!existsSync(at.at('die')))
  const died: Run = await calls.showRun({ runId })
  assert.deepEqual([died.state, died.failure?.code], ['failed', 'engine-died'])
  assert.ok(died.endedAt !== undefined)
  const again = await until('the repository is open', () => calls.startBackup(backup).catch(() => undefined))
  const ended = await until('the backup ends', async () => {
    const run = await calls.showRun(again)
    return run.state === 'queued' || run.state === 'running' ? undefined : run
  })
  assert.equal(ended.state, 'done', ended.failure?.message)
})
