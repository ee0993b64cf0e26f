import { type CallName, calls, type EventName, type EventValue, events, type Handlers } from './contract.ts'
import { Failure, fromWire, toWire, type WireFailure } from './failure.ts'

/** Structured-clone messages of the contract. Each call has a number chosen by the caller, unique on its port. */
export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly argument: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: WireFailure }
  | { readonly kind: 'event'; readonly name: string; readonly value: unknown }

/** The least that Node's, Electron's and the browser's message ports share. */
export type Port = { post(message: Message): void; onMessage(listener: (message: Message) => void): void }

export type Aborter<S> = { readonly signal: S; abort(): void }

export type Emit = <N extends EventName>(name: N, value: EventValue<N>) => void

function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name)
}

/** Checks one call against the contract and runs its handler; every throw leaves as a `WireFailure`. */
export async function answer<S>(
  handlers: Handlers<S>,
  name: string,
  argument: unknown,
  signal: S,
): Promise<{ readonly value: unknown } | { readonly failure: WireFailure }> {
  try {
    if (!isCallName(name)) throw new Failure('invalid-argument', `No call is named ${name}`)
    const checked = calls[name].argument.safeParse(argument)
    if (!checked.success) throw new Failure('invalid-argument', `${name}: ${describe(checked.error.issues)}`)
    const handler = handlers[name] as (argument: unknown, signal: S) => Promise<unknown>
    return { value: await handler(checked.data, signal) }
  } catch (thrown) {
    return { failure: toWire(thrown) }
  }
}

function describe(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues.map((issue) => `${issue.path.map(String).join('.') || 'argument'}: ${issue.message}`).join('; ')
}

export type Served = {
  readonly emit: Emit
  /** Aborts the calls under way; used when the other side has gone. */
  end(): void
}

/** Answers the calls that come in on `port`. */
export function serve<S>(port: Port, handlers: Handlers<S>, aborter: () => Aborter<S>): Served {
  const running = new Map<number, Aborter<S>>()
  port.onMessage((message) => {
    if (message.kind === 'cancel') running.get(message.id)?.abort()
    if (message.kind !== 'call') return
    const { id, name, argument } = message
    const abort = aborter()
    running.set(id, abort)
    void answer(handlers, name, argument, abort.signal).then((outcome) => {
      running.delete(id)
      port.post('failure' in outcome ? { kind: 'failed', id, ...outcome } : { kind: 'done', id, ...outcome })
    })
  })
  return {
    emit: (name, value) => port.post({ kind: 'event', name, value }),
    end() {
      for (const abort of running.values()) abort.abort()
    },
  }
}

type CancelSignal = {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export type Connection<S> = {
  /** Calls wait until the other side answers; an aborted one is cancelled there and fails with its `cancelled`. */
  readonly calls: {
    readonly [N in CallName]: (argument: Parameters<Handlers<S>[N]>[0], signal?: S) => ReturnType<Handlers<S>[N]>
  }
  on<N extends EventName>(name: N, listener: (value: EventValue<N>) => void): () => void
  /** Fails all waiting calls; used when the other side has died. */
  fail(failure: Failure): void
}

type Waiting = { readonly name: CallName; resolve(value: unknown): void; reject(failure: Failure): void }

/** The caller's end of a port. Results and events are checked on arrival: a mismatch is a bug and says so. */
export function connect<S extends CancelSignal>(port: Port): Connection<S> {
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, Set<(value: never) => void>>()
  let lastId = 0

  port.onMessage((message) => {
    if (message.kind === 'event') deliver(listeners, message.name, message.value)
    if (message.kind === 'done' || message.kind === 'failed') settle(message)
  })

  function settle(message: Extract<Message, { kind: 'done' | 'failed' }>): void {
    const waiter = waiting.get(message.id)
    waiting.delete(message.id)
    if (waiter === undefined) return
    if (message.kind === 'failed') {
      waiter.reject(fromWire(message.failure))
      return
    }
    const result = calls[waiter.name].result.safeParse(message.value)
    if (result.success) waiter.resolve(result.data)
    else waiter.reject(new Failure('bug', `${waiter.name} answered: ${describe(result.error.issues)}`))
  }

  function start(name: CallName, argument: unknown, signal?: S): Promise<unknown> {
    const id = ++lastId
    const cancel = (): void => port.post({ kind: 'cancel', id })
    const answered = new Promise((resolve, reject) => {
      waiting.set(id, { name, resolve, reject })
      port.post({ kind: 'call', id, name, argument })
    })
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel)
    return answered.finally(() => signal?.removeEventListener('abort', cancel))
  }

  const names = Object.keys(calls) as CallName[]
  return {
    calls: Object.fromEntries(names.map((name) => [name, start.bind(undefined, name)])) as Connection<S>['calls'],
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
    fail(failure) {
      for (const waiter of waiting.values()) waiter.reject(failure)
      waiting.clear()
    },
  }
}

function deliver(listeners: Map<string, Set<(value: never) => void>>, name: string, value: unknown): void {
  if (!Object.hasOwn(events, name)) return
  const checked = events[name as EventName].safeParse(value)
  if (!checked.success) throw new Failure('bug', `event ${name}: ${describe(checked.error.issues)}`)
  for (const listener of listeners.get(name) ?? []) listener(checked.data as never)
}
