import { contextBridge, ipcRenderer } from 'electron'
import type { Message, Port } from '../shared/wire.ts'

/** The browser's MessagePort, as much of it as is used: this folder's types are Node's, whose own port is another thing. */
type PagePort = {
  postMessage(message: Message): void
  onmessage: ((event: { readonly data: Message }) => void) | null
}

/** One end of a message port to the engine, and the system's own ways to choose a folder and to drag files. */
type Bridge = Port & {
  /** Undefined when the person chose none. */
  chooseFolder(): Promise<string | undefined>
  /** Begins the system's own drag of what lies on the shelf; rejects for anything else. */
  dragOut(paths: readonly string[]): Promise<void>
}

/**
 * The only thing the page gets. What it posts before the port has come waits for it. Runs sandboxed and isolated, bundled to
 * CommonJS (a sandboxed preload can be nothing else).
 */
function bridgeOver(arrival: Promise<PagePort>): Bridge {
  const listeners: ((message: Message) => void)[] = []
  void arrival.then((port) => {
    port.onmessage = ({ data }) => {
      for (const listener of listeners) listener(data)
    }
  })
  return {
    post: (message) => void arrival.then((port) => port.postMessage(message)),
    onMessage: (listener) => void listeners.push(listener),
    chooseFolder: async () => {
      const folder: unknown = await ipcRenderer.invoke('choose-folder')
      return typeof folder === 'string' ? folder : undefined
    },
    dragOut: async (paths) => {
      await ipcRenderer.invoke('drag-out', paths)
    },
  }
}

const arrival = new Promise<PagePort>((resolve) => {
  ipcRenderer.once('engine-port', ({ ports }) => {
    const [port] = ports as readonly unknown[]
    if (port !== undefined) resolve(port as PagePort)
  })
})

contextBridge.exposeInMainWorld('bridge', bridgeOver(arrival))
