import type { Page } from '@playwright/test'
import { loadPageFiles, pageWithPolicy } from '../../electron/host/page-files.ts'
import { calls, type Handlers } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { DayResult, Proof, Recovery, Turn } from '../../shared/history.ts'
import type { Run } from '../../shared/job.ts'
import type { Host, Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import type { Repository } from '../../shared/repository.ts'
import type { Settings } from '../../shared/settings.ts'
import { type Emit, type Message, serve } from '../../shared/wire.ts'

/** What the engine would know. Tests change it, then emit the event that the engine would. */
export type World = {
  hosts: readonly Host[]
  machines: readonly Machine[]
  points: readonly Point[]
  repositories: readonly Repository[]
  runs: readonly Run[]
  policies: readonly Policy[]
  pins: readonly string[]
  proofs: readonly Proof[]
  recoveries: readonly Recovery[]
  /** By machine. */
  turns: Readonly<Record<string, readonly Turn[]>>
  settings: Settings
  /** One row for each machine, one result for each day that begins at a start (the last is an end). */
  days(starts: readonly number[]): { machineId: string; days: DayResult[] }[]
}

type FakeHandlers = Handlers<AbortSignal>

export const origin = 'http://console.test'
/** The built window; another build of it may be named, so that several can be looked at side by side. */
const folder = process.env['STILLPOINT_WINDOW'] ?? new URL('../../dist/renderer/', import.meta.url).pathname

/**
 * Opens the built window on an engine that this test plays: the page is served under its real policy without any server, and
 * the contract is carried by the same `window.bridge` that Electron's preload exposes. Answers the sender of events.
 */
export async function openFake(page: Page, world: World, played: Partial<FakeHandlers> = {}): Promise<Emit> {
  const files = loadPageFiles(folder)
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname
    const file = files.get(path === '/' ? '/index.html' : path)
    if (file === undefined) return route.fulfill({ status: 404 })
    if (path !== '/') return route.fulfill({ contentType: file.type, body: file.bytes })
    const { bytes, policy } = pageWithPolicy(file)
    return route.fulfill({ contentType: file.type, body: bytes, headers: { 'content-security-policy': policy } })
  })
  const listeners: ((message: Message) => void)[] = []
  await page.exposeFunction('postToEngine', (message: Message) => {
    for (const listener of listeners) listener(message)
  })
  await page.addInitScript(exposeBridge)
  const port = {
    post: (message: Message) => void page.evaluate(hear, message).catch(() => undefined),
    onMessage: (listener: (message: Message) => void) => void listeners.push(listener),
  }
  const served = serve(port, { ...handlersOf(world), ...played }, () => new AbortController())
  await page.goto(`${origin}/`)
  return served.emit
}

type PageSide = { postToEngine(message: unknown): void; hearEngine(message: unknown): void }

function exposeBridge(): void {
  const page = globalThis as unknown as PageSide
  const listeners: ((message: unknown) => void)[] = []
  page.hearEngine = (message) => {
    for (const listener of listeners) listener(message)
  }
  const bridge = {
    post: (message: unknown) => page.postToEngine(message),
    onMessage: (listener: (message: unknown) => void) => void listeners.push(listener),
  }
  Object.defineProperty(globalThis, 'bridge', { value: bridge })
}

function hear(message: Message): void {
  const page = globalThis as unknown as PageSide
  page.hearEngine(message)
}

function handlersOf(world: World): FakeHandlers {
  const refuse = async (): Promise<never> => {
    throw new Failure('bug', 'This test does not play that call')
  }
  const refused = Object.fromEntries(Object.keys(calls).map((name) => [name, refuse])) as unknown as FakeHandlers
  return {
    ...refused,
    findHosts: async () => [],
    listHosts: async () => [...world.hosts],
    listMachines: async () => [...world.machines],
    listPoints: async () => [...world.points],
    listRepositories: async () => [...world.repositories],
    listRuns: async () => [...world.runs],
    listPolicies: async () => [...world.policies],
    listPins: async () => [...world.pins],
    listProofs: async ({ machineId }) => {
      const own = new Set(world.points.filter((point) => point.machineId === machineId).map(({ id }) => id))
      return world.proofs.filter(({ pointId }) => own.has(pointId))
    },
    listFileIndexes: async () => [],
    listRecoveries: async () => [...world.recoveries],
    listTurns: async ({ machineId }) => [...(world.turns[machineId] ?? [])],
    listDays: async ({ starts }) => world.days(starts),
    getSettings: async () => world.settings,
    changeSettings: async (change) => {
      world.settings = Object.assign({}, world.settings, change)
      return world.settings
    },
    about: async () => ({ version: '0.1.0', carrier: 'node', home: '/home/admin/stillpoint', secrets: 'files' }),
  }
}
