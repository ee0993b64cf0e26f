import type { Handlers } from '../../shared/contract.ts'
import { hostCalls } from './calls/hosts.ts'
import { machineCalls } from './calls/machines.ts'
import { pointCalls } from './calls/points.ts'
import { policyCalls } from './calls/policies.ts'
import { repositoryCalls } from './calls/repositories.ts'
import { runCalls } from './calls/runs.ts'
import { settingsCalls } from './calls/settings.ts'
import { startDue } from './calls/start-policy.ts'
import { checkPrimitives } from './chunk/primitives.ts'
import { Scheduler } from './policies/scheduler.ts'
import { type EngineOptions, openRooms, type Rooms } from './rooms.ts'

export type { EngineOptions } from './rooms.ts'

export type Engine = AsyncDisposable & { readonly handlers: Handlers<AbortSignal> }

/**
 * Puts the rooms together. Ready as soon as the catalog is open: hosts and repositories follow in the background.
 * Fails with `catalog-from-future`, and with `bug` when a cryptographic primitive does not give its known answers.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  checkPrimitives()
  await using opened = new AsyncDisposableStack()
  const rooms = openRooms(options, opened)
  const scheduler = options.unattended ? opened.use(schedulerOf(rooms)) : undefined
  const handlers = handlersOf(rooms, () => scheduler?.wake())
  const owned = opened.move()
  return { handlers, [Symbol.asyncDispose]: () => owned.disposeAsync() }
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

function handlersOf(rooms: Rooms, onPolicies: () => void): Handlers<AbortSignal> {
  return {
    ...hostCalls(rooms),
    ...machineCalls(rooms),
    ...repositoryCalls(rooms),
    ...runCalls(rooms),
    ...pointCalls(rooms),
    ...policyCalls(rooms, onPolicies),
    ...settingsCalls(rooms),
  }
}
