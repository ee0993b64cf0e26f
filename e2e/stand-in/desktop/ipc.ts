import { EventEmitter } from 'node:events'

type Handler = (event: unknown, ...args: readonly unknown[]) => unknown

const handlers = new Map<string, Handler>()

class IpcMain extends EventEmitter {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`A second handler for ${channel}`)
    handlers.set(channel, handler)
  }
  removeHandler(channel: string): void {
    handlers.delete(channel)
  }
}
export const ipcMain = new IpcMain()

/** Answers a page's `invoke`; what the handler throws becomes the page's error. */
export async function handleInvoke(
  event: unknown,
  channel: string,
  args: readonly unknown[],
): Promise<{ readonly value: unknown } | { readonly error: string }> {
  const handler = handlers.get(channel)
  if (handler === undefined) return { error: `No handler for ${channel}` }
  try {
    return { value: await handler(event, ...args) }
  } catch (thrown) {
    return { error: String(thrown) }
  }
}
