import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, test as base, _electron as electron, expect, type Page } from '@playwright/test'
import { type Look, lookLike, watch } from './watched-page.ts'

/** What carries the console: the headless host with a page of Debian's Chromium, or Electron (or its stand-in). */
export type HostName = 'headless' | 'desktop'

/** The real console in processes and a scratch folder of its own, with its window open. */
export type RealConsole = {
  readonly page: Page
  readonly scratch: string
  /** Opens the console once more; the desktop has none. */
  readonly link: string | undefined
  /** Ends the headless host as a crash would. */
  kill(): Promise<void>
}

type Opened = RealConsole & AsyncDisposable & { readonly misdeeds: readonly string[] }
export type Opening = {
  readonly look?: Look
  /** Another program in the place of the headless host's. */
  readonly program?: string
}

const top = path.join(import.meta.dirname, '..', '..')

/** `openConsole` opens as many as a test wants; all end with it, and what their pages should not have done fails it. */
export const test = base.extend<{ host: HostName; openConsole: (opening?: Opening) => Promise<RealConsole> }>({
  host: ['headless', { option: true }],
  openConsole: async ({ host, browser }, use) => {
    const opened: Opened[] = []
    await use(async (opening = {}) => {
      const console = await (host === 'desktop' ? openDesktop(opening) : openHeadless(browser, opening))
      opened.push(console)
      return console
    })
    for (const console of opened) await console[Symbol.asyncDispose]()
    expect(opened.flatMap(({ misdeeds }) => misdeeds)).toEqual([])
  },
})

async function openHeadless(browser: Browser, { look, program }: Opening): Promise<Opened> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-e2e-'))
  const entry = program ?? path.join(top, 'electron', 'headless.ts')
  const child = spawn(process.execPath, [entry, '--home', path.join(scratch, 'home')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [link] = (await Promise.race([once(createInterface(child.stdout), 'line'), exited])) as readonly unknown[]
  if (typeof link !== 'string' || !link.startsWith('http://127.0.0.1:')) throw new Error(`no link came: ${link}`)
  const context = await browser.newContext()
  const page = await context.newPage()
  const misdeeds = await watch(page)
  if (look !== undefined) await lookLike(page, look)
  await page.goto(link)
  let isKilled = false
  return {
    page,
    scratch,
    link,
    // What a page says when its host is killed under it is no misdeed.
    get misdeeds() {
      return isKilled ? [] : misdeeds
    },
    async kill() {
      isKilled = true
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      // A stream of events that breaks off would be an error of the page.
      await context.close()
      child.kill('SIGTERM')
      await exited
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Electron where its binary is; elsewhere the stand-in that shows the same main, preload and page in Debian's Chromium. */
async function openDesktop({ look }: Opening): Promise<Opened> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-e2e-'))
  const isReal = existsSync(path.join(path.dirname(createRequire(import.meta.url).resolve('electron')), 'path.txt'))
  if (!isReal) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = path.join(top, 'e2e', 'stand-in', 'desktop')
  test.info().annotations.push({ type: 'desktop', description: isReal ? 'Electron' : 'a stand-in for Electron' })
  const app = await electron.launch({
    args: [top],
    env: { ...(process.env as Record<string, string>), XDG_DATA_HOME: scratch },
    locale: 'en-GB',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await app.firstWindow()
  // A reload that meets the first load would break it off.
  await page.waitForURL((url) => url.protocol !== 'about:')
  await page.getByRole('banner').waitFor()
  const misdeeds = await watch(page)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  if (look !== undefined) await lookLike(page, look)
  await page.reload()
  return {
    page,
    scratch,
    link: undefined,
    misdeeds,
    kill: () => Promise.reject(new Error('Only the headless host is killed')),
    async [Symbol.asyncDispose]() {
      // A console with a run under way asks before it ends, and nobody would answer.
      const patience = setTimeout(() => app.process().kill('SIGKILL'), 20_000)
      await app.close()
      clearTimeout(patience)
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
