import { parseArgs } from 'node:util'
import { toWire } from '../shared/failure.ts'
import { serveConsole } from './host/console.ts'
import { defaultHome } from './host/home.ts'

/**
 * The console under plain Node: `headless [--home DIR] [--port N]`. The link that opens it is the only line on standard
 * output; SIGINT or SIGTERM ends it.
 */
const { values } = parseArgs({ options: { home: { type: 'string' }, port: { type: 'string', default: '0' } } })

try {
  const options = { home: values.home ?? defaultHome(), port: Number(values.port), open: false }
  await serveConsole(options, (link) => process.stdout.write(`${link}\n`))
} catch (thrown) {
  process.stderr.write(`${JSON.stringify({ failure: toWire(thrown) })}\n`)
  process.exitCode = 1
}
