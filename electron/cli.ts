import { Failure, toWire } from '../shared/failure.ts'
import { connect } from '../shared/wire.ts'
import type { Answer, Command } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { type Grammar, parseWords, UsageError, type Words } from './cli/grammar.ts'
import type { Session } from './cli/session.ts'
import { serveConsole } from './host/console.ts'
import { EngineThread } from './host/engine-thread.ts'
import { defaultHome } from './host/home.ts'

/**
 * The console's calls from a shell (README.md beside this file). One JSON value on standard output, or the bytes that were asked for; progress and, as the last
 * line, `{"failure":{code,message}}` on standard error. Ends with 0 done, 1 failed, 2 wrong words.
 */

const serveGrammar: Grammar = {
  usage: 'serve [--port N] [--open]',
  options: { port: 'string', open: 'boolean' },
  positionals: 0,
}

function help(): string {
  const usages = [...Object.values(commands).map((command) => command.grammar.usage), serveGrammar.usage]
  return `usage: stillpoint COMMAND [--home DIR]\n\n${usages.map((usage) => `  ${usage}`).join('\n')}`
}

async function main(argv: readonly string[]): Promise<number> {
  // A reader that leaves early is told by the write that it missed.
  process.stdout.on('error', () => undefined)
  if (argv[0] === '--help' || argv[0] === 'help') {
    console.log(help())
    return 0
  }
  if (argv[0] === 'serve') return serve(parseWords(serveGrammar, argv.slice(1)))
  const length = Object.hasOwn(commands, argv[0] ?? '') ? 1 : 2
  const name = argv.slice(0, length).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new UsageError(help())
  return run(command, parseWords(command.grammar, argv.slice(length)))
}

async function run(command: Command, words: Words): Promise<number> {
  const interrupted = untilInterrupted()
  const answer = await inEngine(words, interrupted, (session) => command.run(session, words))
  if (answer.value !== undefined) console.log(JSON.stringify(answer.value))
  if (answer.failure === undefined) return 0
  tellFailure(answer.failure)
  return 1
}

async function inEngine(
  words: Words,
  interrupted: AbortSignal,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  await using engine = new EngineThread({ home: words.text('home') ?? defaultHome(), unattended: false })
  using port = engine.attach()
  const { calls } = connect<AbortSignal>(port)
  const download = (ticket: string, signal: AbortSignal) => bytesOf(engine, ticket, signal)
  return await work({ calls, tell: console.error, download, write: toStandardOutput, interrupted })
}

async function* bytesOf(engine: EngineThread, ticket: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  using download = await engine.download(ticket, false, signal)
  if (download === undefined) throw new Failure('file-not-found', 'The download is not to be had any more')
  yield* download.bytes(undefined)
}

/** Resolves when the reader at the other end has taken enough; a reader that is gone ends the command. */
function toStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error) reject(new Failure('target-failed', `Standard output takes no more: ${error.message}`))
      else resolve()
    })
  })
}

/** The first Ctrl-C asks, the second one ends at once. */
function untilInterrupted(): AbortSignal {
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(1)
      abort.abort()
    })
  }
  return abort.signal
}

async function serve(words: Words): Promise<number> {
  const home = words.text('home') ?? defaultHome()
  await serveConsole({ home, port: Number(words.text('port') ?? 0), open: words.has('open') }, (link) =>
    console.log(link),
  )
  return 0
}

function tellFailure(thrown: unknown): void {
  console.error(JSON.stringify({ failure: toWire(thrown) }))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (thrown) {
  if (thrown instanceof UsageError) {
    console.error(thrown.message)
    process.exitCode = 2
  } else {
    tellFailure(thrown)
    process.exitCode = 1
  }
}
