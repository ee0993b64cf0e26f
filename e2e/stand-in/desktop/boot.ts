import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from './electron.ts'

/**
 * What Electron's executable does before an app's own main runs: takes its arguments apart, gives the `electron` module to
 * whoever asks for it, runs what `-r` names (Playwright's loader), then the app that was named, and gets ready.
 */
const module = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: module, shortCircuit: true, format: 'module-typescript' } : next(name, context),
})

const given = process.argv.slice(2)
const required = given.filter((_, at) => given[at - 1] === '-r')
const rest = given.filter((argument) => argument !== '-r' && !required.includes(argument))
const executable = path.join(import.meta.dirname, 'electron')
process.argv = [executable, ...rest]
process.execPath = executable
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1' } })

const require = createRequire(import.meta.url)
for (const name of required) require(name)

const named = path.resolve(rest.find((argument) => !argument.startsWith('-')) ?? '.')
const { main } = JSON.parse(readFileSync(path.join(named, 'package.json'), 'utf8')) as { readonly main: string }
await import(pathToFileURL(path.join(named, main)).href)
await app.launch()
