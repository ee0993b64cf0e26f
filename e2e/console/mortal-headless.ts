import { parseArgs } from 'node:util'
import { serveConsole } from '../../electron/host/console.ts'

/** The headless host as people start it, but with an engine that can be made to die: see `mortal-thread.ts`. */
const { values } = parseArgs({ options: { home: { type: 'string', default: '' } } })
const entry = new URL('./mortal-thread.ts', import.meta.url)
await serveConsole({ home: values.home, port: 0, open: false, entry }, (link) => process.stdout.write(`${link}\n`))
