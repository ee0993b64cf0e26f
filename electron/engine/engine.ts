import type { MessagePort } from 'node:worker_threads'
import type { Handlers } from '../../shared/contract.ts'
import { choresOf } from './calls/chores.ts'
import { fileDownloadCalls } from './calls/file-downloads.ts'
import { fileIndexCalls } from './calls/file-index.ts'
import { fileCalls } from './calls/files.ts'
import { followUp } from './calls/follow-up.ts'
import { hostCalls } from './calls/hosts.ts'
import { followIndex } from './calls/index-orders.ts'
import { keyCalls } from './calls/keys.ts'
import { machineCalls } from './calls/machines.ts'
import { pointCalls } from './calls/points.ts'
import { policyCalls } from './calls/policies.ts'
import { repositoryCalls } from './calls/repositories.ts'
import { runCalls } from './calls/runs.ts'
import { settingsCalls } from './calls/settings.ts'
import { startDue } from './calls/start-policy.ts'
import { trashCalls } from './calls/trash.ts'
import { upkeepCalls } from './calls/upkeep.ts'
import { checkPrimitives } from './chunk/primitives.ts'
import { type Download, openDownload } from './files/download.ts'
import { serveDownload } from './files/serve-download.ts'
import { Scheduler } from './policies/scheduler.ts'
import { Upkeep } from './policies/upkeep.ts'
import { type EngineOptions, openRooms, type Rooms } from './rooms.ts'

export type { EngineOptions } from './rooms.ts'

export type Engine = AsyncDisposable & {
  readonly handlers: Handlers<AbortSignal>
  /** Answers one `GET /files/<ticket>` over a port of its own; `asksPicture` where it is to be shown. */
  download(port: MessagePort, ticket: string, asksPicture: boolean): void
}

/**
 * Puts the rooms together. Ready as soon as the catalog is open: hosts and repositories follow in the background.
 * Fails with `catalog-from-future`, and with `bug` when a cryptographic primitive does not give its known answers.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  checkPrimitives()
  await using opened = new AsyncDisposableStack()
  const rooms = openRooms(options, opened)
  rooms.ended.add((run) => followUp(rooms, run))
  if (options.unattended) rooms.ended.add((run) => followIndex(rooms, run))
  const scheduler = options.unattended ? opened.use(schedulerOf(rooms)) : undefined
  if (options.unattended) opened.use(upkeepOf(rooms))
  const handlers = handlersOf(rooms, () => scheduler?.wake())
  const owned = opened.move()
  return {
    handlers,
    download: (port, ticket, asksPicture) => void answerDownload(rooms, port, ticket, asksPicture),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function schedulerOf(rooms: Rooms): Scheduler {
  const { catalog, clock, options } = rooms
  return new Scheduler({
    policies: catalog.policies,
    clock,
    log: options.log,
    start: (policy, method, signal) => startDue(rooms, policy, method, signal),
    onChange: () => options.emit('policiesChanged', null),
  })
}

function upkeepOf(rooms: Rooms): Upkeep {
  const { catalog, clock, options } = rooms
  return new Upkeep({ claims: catalog.claims, clock, log: options.log, chores: () => choresOf(rooms) })
}

/** A preview is seen to fail where it would stand; of all else that breaks off, every window hears. */
async function answerDownload(rooms: Rooms, port: MessagePort, ticket: string, asksPicture: boolean): Promise<void> {
  const ticketed = rooms.tickets.use(ticket)
  const open = async (signal: AbortSignal): Promise<Download | undefined> =>
    ticketed && openDownload(rooms.files, ticketed, asksPicture, signal)
  const failure = await serveDownload(port, open, rooms.closing)
  if (failure === undefined || ticketed === undefined || asksPicture) return
  rooms.options.emit('downloadFailed', { name: ticketed.name, failure })
}

function handlersOf(rooms: Rooms, onPolicies: () => void): Handlers<AbortSignal> {
  return {
    ...hostCalls(rooms),
    ...machineCalls(rooms),
    ...repositoryCalls(rooms),
    ...keyCalls(rooms),
    ...upkeepCalls(rooms),
    ...trashCalls(rooms),
    ...runCalls(rooms),
    ...pointCalls(rooms),
    ...fileCalls(rooms),
    ...fileIndexCalls(rooms),
    ...fileDownloadCalls(rooms),
    ...policyCalls(rooms, onPolicies),
    ...settingsCalls(rooms),
  }
}
