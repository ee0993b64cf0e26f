import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/**
 * Builds the console and opens it: Electron where its binary is there or can be had, else the browser. As `start.ts serve`
 * it builds the window alone and serves it on loopback; standard output then belongs to the link.
 */
const top = path.join(import.meta.dirname, '..')

function node(script: string, args: readonly string[] = []): number {
  return spawnSync(process.execPath, [path.join(top, script), ...args], { cwd: top, stdio: 'inherit' }).status ?? 1
}

/** The electron package fetches its binary at first use; asked for its version, it says quickly whether it can. */
function electronBinary(): string | undefined {
  const cli = createRequire(import.meta.url).resolve('electron/cli.js')
  const asked = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8', timeout: 120_000 })
  return asked.status === 0 && asked.stdout.startsWith('v') ? cli : undefined
}

function serve(args: readonly string[]): number {
  console.error('Stillpoint: building the window …')
  const vite = path.join(top, 'node_modules', 'vite', 'bin', 'vite.js')
  const build = [vite, 'build', '--config', 'build/vite.config.ts', '--logLevel', 'warn']
  const built = spawnSync(process.execPath, build, { cwd: top, stdio: ['ignore', 2, 2] })
  return built.status === 0 ? node('electron/cli.ts', ['serve', ...args]) : 1
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'serve') process.exit(serve(rest))
const { version } = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as { version: string }
console.log(`Stillpoint ${version}: building the console …`)
if (node('build/bundle.ts') !== 0) process.exit(1)
const wantsBrowser = process.argv.includes('--browser')
const electron = wantsBrowser ? undefined : electronBinary()
if (electron !== undefined) process.exit(node(path.relative(top, electron), [top]))
if (!wantsBrowser)
  console.log("Electron's binary cannot be had on this machine: the same console opens in the browser instead.")
process.exit(node('electron/cli.ts', ['serve', '--open']))
