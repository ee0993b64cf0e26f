import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** Builds what is out of date and opens the console: Electron where its binary is there or can be had, else the browser. */
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

const { version } = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as { version: string }
console.log(`Stillpoint ${version}: building the console …`)
if (node('build/bundle.ts') !== 0) process.exit(1)
const wantsBrowser = process.argv.includes('--browser')
const electron = wantsBrowser ? undefined : electronBinary()
if (electron !== undefined) process.exit(node(path.relative(top, electron), [top]))
if (!wantsBrowser)
  console.log("Electron's binary cannot be had on this machine: the same console opens in the browser instead.")
process.exit(node('electron/cli.ts', ['serve', '--open']))
