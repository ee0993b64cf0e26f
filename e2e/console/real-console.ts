import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { test as watched } from './watched-page.ts'

/** The real headless console in a process and a scratch folder of its own. */
export type RealConsole = AsyncDisposable & {
  /** Opens the console once. */
  readonly link: string
  readonly scratch: string
  /** Ends the process as a crash would. */
  kill(): Promise<void>
}

const entry = path.join(import.meta.dirname, '..', '..', 'electron', 'headless.ts')

async function startRealConsole(): Promise<RealConsole> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-e2e-'))
  const child = spawn(process.execPath, [entry, '--home', path.join(scratch, 'home')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const [link] = (await Promise.race([once(lines, 'line'), exited])) as readonly unknown[]
  if (typeof link !== 'string' || !link.startsWith('http://127.0.0.1:'))
    throw new Error(`no link came: ${String(link)}`)
  return {
    link,
    scratch,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** A watched page, and real consoles that are ended after the page has left them. */
export const test = watched.extend<{ startConsole: () => Promise<RealConsole> }>({
  startConsole: async ({ page }, use) => {
    await using consoles = new AsyncDisposableStack()
    await use(async () => consoles.use(await startRealConsole()))
    // A stream of events that breaks off would be an error of the page.
    await page.goto('about:blank')
  },
})
