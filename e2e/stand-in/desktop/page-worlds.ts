/**
 * What runs inside the page: Electron's side of it, in an isolated world with the preload, and the page's end of the context
 * bridge. Both functions are sent as their own source, so they use nothing from outside. The worlds share only the window's
 * events, whose details are cloned from one to the other; functions travel as numbers.
 */

/** The page's world: makes what the preload exposes, and carries calls and callbacks. */
export function pageWorld(): void {
  type Told = { readonly id: number; readonly kind: 'value' | 'promise' | 'error'; readonly value: unknown }
  const callbacks = new Map<number, (...args: readonly unknown[]) => void>()
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  let told: Told | undefined
  const say = (name: string, detail: unknown): void => void dispatchEvent(new CustomEvent(`bridge:${name}`, { detail }))
  const hear = <D>(name: string, listener: (detail: D) => void): void =>
    addEventListener(`bridge:${name}`, (event) => listener((event as CustomEvent<D>).detail))
  const numbered = (value: unknown): unknown => {
    if (typeof value !== 'function') return value
    callbacks.set(++last, value as (...args: readonly unknown[]) => void)
    return { callback: last }
  }
  const call = (fn: number, args: readonly unknown[]): unknown => {
    const id = ++last
    told = undefined
    say('call', { id, fn, args: args.map(numbered) })
    const answer = told as Told | undefined
    if (answer?.kind === 'error') throw new Error(String(answer.value))
    if (answer?.kind !== 'promise') return answer?.value
    const settled = Promise.withResolvers<unknown>()
    waiting.set(id, settled)
    return settled.promise
  }
  hear<{ name: string; functions: readonly { name: string; fn: number }[] }>('expose', ({ name, functions }) => {
    const made = functions.map((each) => [each.name, (...args: readonly unknown[]) => call(each.fn, args)] as const)
    Object.defineProperty(globalThis, name, { value: Object.freeze(Object.fromEntries(made)), enumerable: true })
  })
  hear<Told>('answer', (answer) => {
    told = answer
  })
  hear<Told>('settled', ({ id, kind, value }) => {
    const settled = waiting.get(id)
    waiting.delete(id)
    if (kind === 'error') settled?.reject(new Error(String(value)))
    else settled?.resolve(value)
  })
  hear<{ callback: number; args: readonly unknown[] }>('callback', ({ callback, args }) =>
    callbacks.get(callback)?.(...args),
  )
}

/** The isolated world: `ipcRenderer` and `contextBridge` for a preload, whose source `runPreload` holds. */
export function isolatedWorld(runPreload: (require: (name: string) => unknown) => void): void {
  type Listener = (event: unknown, ...args: readonly unknown[]) => void
  type Incoming =
    | { readonly kind: 'message'; readonly channel: string; readonly value: unknown; readonly ports: readonly number[] }
    | { readonly kind: 'port'; readonly port: number; readonly value: unknown }
    | { readonly kind: 'reply'; readonly id: number; readonly value?: unknown; readonly error?: string }
  type Scope = { sendToMain(text: string): void; receiveFromMain: (incoming: Incoming) => void }
  const scope = globalThis as unknown as Scope
  const listeners = new Map<string, Listener[]>()
  const ports = new Map<number, MessagePort>()
  const invoked = new Map<number, PromiseWithResolvers<unknown>>()
  const exposed: ((...args: readonly unknown[]) => unknown)[] = []
  let last = 0
  const say = (name: string, detail: unknown): void => void dispatchEvent(new CustomEvent(`bridge:${name}`, { detail }))
  const send = (message: unknown): void => scope.sendToMain(JSON.stringify(message))

  const on = (channel: string, listener: Listener): void => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
  }
  const off = (channel: string, listener: Listener): void => {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter((each) => each !== listener),
    )
  }
  const once = (channel: string, listener: Listener): void => {
    const first: Listener = (...args) => {
      off(channel, first)
      listener(...args)
    }
    on(channel, first)
  }
  const invoke = (channel: string, ...args: readonly unknown[]): Promise<unknown> => {
    const waiting = Promise.withResolvers<unknown>()
    invoked.set(++last, waiting)
    send({ kind: 'invoke', id: last, channel, args })
    return waiting.promise
  }
  const ipcRenderer = {
    on,
    off,
    once,
    invoke,
    send: (channel: string, ...args: readonly unknown[]) => send({ kind: 'send', channel, args }),
  }

  const openPort = (port: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    ports.set(port, port1)
    port1.onmessage = ({ data }) => send({ kind: 'port', port, value: data })
    return port2
  }
  const deliver = ({ channel, value, ports: ids }: Incoming & { kind: 'message' }): void => {
    const event = { ports: ids.map(openPort) }
    for (const listener of listeners.get(channel) ?? []) listener(event, value)
  }
  const settle = ({ id, value, error }: Incoming & { kind: 'reply' }): void => {
    const waiting = invoked.get(id)
    invoked.delete(id)
    if (error === undefined) waiting?.resolve(value)
    else waiting?.reject(new Error(error))
  }
  scope.receiveFromMain = (incoming) => {
    if (incoming.kind === 'port') ports.get(incoming.port)?.postMessage(incoming.value)
    else if (incoming.kind === 'message') deliver(incoming)
    else settle(incoming)
  }

  const callable = (value: unknown): unknown => {
    const callback = (value as { readonly callback?: number } | null)?.callback
    if (callback === undefined) return value
    return (...args: readonly unknown[]) => say('callback', { callback, args })
  }
  addEventListener('bridge:call', (event) => {
    type Call = { readonly id: number; readonly fn: number; readonly args: readonly unknown[] }
    const { id, fn, args } = (event as CustomEvent<Call>).detail
    try {
      const value = exposed[fn]?.(...args.map(callable))
      if (!(value instanceof Promise)) return say('answer', { id, kind: 'value', value })
      say('answer', { id, kind: 'promise' })
      void value.then(
        (settled: unknown) => say('settled', { id, kind: 'value', value: settled }),
        (thrown: unknown) => say('settled', { id, kind: 'error', value: String(thrown) }),
      )
    } catch (thrown) {
      say('answer', { id, kind: 'error', value: String(thrown) })
    }
  })
  const contextBridge = {
    /** Objects of functions, one level deep: more a preload has no need to expose. */
    exposeInMainWorld(name: string, value: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>): void {
      const functions = Object.entries(value).map(([own, each]) => ({ name: own, fn: exposed.push(each) - 1 }))
      say('expose', { name, functions })
    },
  }
  runPreload((name) => {
    if (name === 'electron') return { ipcRenderer, contextBridge }
    throw new Error(`A sandboxed preload may not load ${name}`)
  })
}
