import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { systemClock } from './clock.ts'

const program = `
  import { start } from ${JSON.stringify(new URL('./run.ts', import.meta.url).href)}
  const child = await start('sleep', ['1000'], new AbortController().signal)
  console.log(child.pid)
  setInterval(() => {}, 1000)
`

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a child does not outlive a process that is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line).trim())
  assert.ok(isRunning(pid))
  parent.kill('SIGKILL')
  const bounded = AbortSignal.timeout(10_000)
  while (isRunning(pid)) await systemClock.sleep(10, bounded)
})
