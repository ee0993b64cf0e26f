import { toWire } from '../shared/failure.ts'
import { connect } from '../shared/wire.ts'
import type { Answer, Command } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { type Grammar, parseWords, UsageError, type Words } from './cli/grammar.ts'
import { serveConsole } from './host/console.ts'
import { EngineThread } from './host/engine-thread.ts'
import { defaultHome } from './host/home.ts'

/**
 * The console's calls from a shell (README.md beside this file). One JSON value on standard output; progress and, as the last
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
  const answer = await inEngine(words, (calls) => command.run({ calls, tell: console.error, interrupted }, words))
  console.log(JSON.stringify(answer.value))
  if (answer.failure === undefined) return 0
  tellFailure(answer.failure)
  return 1
}

async function inEngine(
  words: Words,
  work: (calls: ReturnType<typeof connect<AbortSignal>>['calls']) => Promise<Answer>,
): Promise<Answer> {
  await using engine = new EngineThread({ home: words.text('home') ?? defaultHome(), unattended: false })
  using port = engine.attach()
  return await work(connect<AbortSignal>(port).calls)
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
