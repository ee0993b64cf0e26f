import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../shared/failure.ts'
import { connect } from '../../shared/wire.ts'
import { EngineThread } from './engine-thread.ts'
import { startLoopback } from './loopback.ts'
import { loadPageFiles } from './page-files.ts'

export type ConsoleOptions = {
  readonly home: string
  /** 0 for any free one. */
  readonly port: number
  /** Also opens the link in the person's browser, where there is one. */
  readonly open: boolean
  /** The engine's thread; by default the one that lies beside this host. */
  readonly entry?: URL
}

/**
 * The whole console without Electron: the engine in its thread, the window on loopback. Tells `say` the link that opens it,
 * and goes on until the process is asked to end; then everything under way is cancelled and cleaned up.
 */
export async function serveConsole(options: ConsoleOptions, say: (link: string) => void): Promise<void> {
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65_535) {
    throw new Failure('invalid-argument', 'A port is a number up to 65535')
  }
  const asked = untilAskedToEnd()
  const files = loadPageFiles(builtWindow())
  await using engine = new EngineThread({ home: options.home, ...(options.entry && { entry: options.entry }) })
  using port = engine.attach()
  await using loopback = await startLoopback({
    engine: connect(port),
    files,
    downloads: engine.download,
    port: options.port,
  })
  say(loopback.newLink())
  if (options.open) openBrowser(loopback.newLink())
  await asked
}

function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

/** From source, the build lies at the top; bundled, beside this file. */
function builtWindow(): string {
  const place = import.meta.url.endsWith('.ts') ? '../../dist/renderer/' : './renderer/'
  return fileURLToPath(new URL(place, import.meta.url))
}

/** Best effort: the link was said as well. The address is ours and holds nothing that a shell could take for a word of its own. */
function openBrowser(link: string): void {
  const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ['open'],
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  }
  const [program, ...first] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...first, link], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
