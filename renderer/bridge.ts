import { type Connection, connect, type Port } from '../shared/wire.ts'
import { type Link, loopbackPort } from './loopback.ts'

declare global {
  interface Window {
    /** Exposed by Electron's preload: the window's end of a message port to the engine, and the system's own dialog. */
    readonly bridge?: Port & {
      readonly chooseFolder?: () => Promise<string | undefined>
      /** Begins the system's own drag of what lies on the shelf; rejects for anything else. */
      readonly dragOut?: (paths: readonly string[]) => Promise<void>
    }
  }
}

/** The one way from the window to the engine, whatever carries it. */
export type Bridge = Connection<AbortSignal>

/** `onLink` hears of every change of the way itself; Electron's never changes, the engine's own death fails the calls. */
export function openBridge(onLink: (link: Link) => void): Bridge {
  if (window.bridge === undefined) return connect(loopbackPort(onLink))
  onLink('up')
  return connect(window.bridge)
}
