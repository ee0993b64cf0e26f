import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { MiB } from '../../shared/units.ts'
import { type Console, never, openConsole, place } from './proof/walk.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))

/** Waits until something that was emitted holds every one of `words`. */
async function untilSaid(console: Console, ...words: readonly string[]): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; await delay(20)) {
    if (console.said.some((said) => words.every((word) => said.includes(word)))) return
  }
  throw new Error(`Nobody said ${words.join(' and ')}`)
}

test('what another process on the same home begins is seen, and that it was killed is told, without a restart', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'big.raw'), randomBytes(128 * MiB))
  await using console = await openConsole(at.at('home'))
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const words = [...process.execArgv, cli, 'backup', 'big', '--repository', repositoryId, '--home', at.at('home')]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close')
  try {
    await Promise.race([once(child.stderr, 'data'), closed])
    // It stands still in the middle, however fast this machine is.
    child.kill('SIGSTOP')
    await untilSaid(console, 'runsChanged')
    const [run] = await console.calls.listRuns({ limit: 1 }, never)
    assert.equal(run?.kind, 'backup')
    child.kill('SIGKILL')
    await untilSaid(console, `"id":"${run?.id}"`, '"failed"', 'engine-died')
  } finally {
    child.kill('SIGKILL')
    await closed
  }
})
