import { fileURLToPath } from 'node:url'
import { watchdogArgument } from '../../../../shared/watchdog.ts'

/** What the engine and its watchdog say to each other. */
export const armed = 'armed'
export const disarm = 'disarm'

export type Watch = { readonly uri: string; readonly machineId: string; readonly limitMs: number }

export type Command = { readonly program: string; readonly words: readonly string[] }

/** What runs us: the program, and under Electron its version. */
type Runtime = { readonly execPath: string; readonly versions: Readonly<Record<string, string | undefined>> }

/**
 * How the watchdog is started from the code that lies at `place`. Node runs the watchdog's own file. Electron's binary runs
 * nothing but the console once it is packed, so it is started as the console with an argument that makes it the watchdog;
 * from a build in a checkout it has to be told where the console lies.
 */
export function watchdogCommand(watch: Watch, place = import.meta.url, runtime: Runtime = process): Command {
  const argument = watchdogArgument + Buffer.from(JSON.stringify(watch)).toString('base64url')
  const program = runtime.execPath
  const isPacked = place.includes('/app.asar')
  if (runtime.versions['electron'] === undefined) {
    const entry = place.endsWith('.ts') ? './watchdog-process.ts' : './freeze-watchdog.js'
    return { program, words: [fileURLToPath(new URL(entry, place)), argument] }
  }
  return { program, words: isPacked ? [argument] : [fileURLToPath(new URL('./main.js', place)), argument] }
}

/** What this process was started to watch; undefined when it was started for something else. */
export function watchOf(words: readonly string[]): Watch | undefined {
  const argument = words.find((word) => word.startsWith(watchdogArgument))
  if (argument === undefined) return undefined
  return JSON.parse(Buffer.from(argument.slice(watchdogArgument.length), 'base64url').toString()) as Watch
}
