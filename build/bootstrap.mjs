// The one file that runs before anything is installed, under whatever Node the machine has (20 or newer).
// It installs what package-lock.json names when that is not there yet, then hands over to the project's own Node.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname ?? '.', '..')
const entries = {
  start: ['build/start.ts'],
  test: ['build/test.ts'],
  build: ['build/bundle.ts'],
  bench: ['build/bench/bench.ts'],
  faults: ['build/faults/faults.ts'],
  pack: ['build/pack.ts'],
  cli: ['electron/cli.ts'],
  serve: ['build/start.ts', 'serve'],
}

const [name = '', ...rest] = process.argv.slice(2)
const entry = entries[name]
if (entry === undefined) {
  process.stderr.write(`usage: bootstrap.mjs ${Object.keys(entries).join(' | ')}\n`)
  process.exit(2)
}
install()
const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const env = { ...process.env, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) }
const [script, ...first] = entry
const done = spawnSync(node, [path.join(root, script), ...first, ...rest], { stdio: 'inherit', env })
process.exit(done.status ?? 1)

/** Standard output belongs to the command that follows, so npm speaks on standard error. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = path.join(root, 'node_modules', '.installed-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  process.stderr.write('Stillpoint: installing the packages of package-lock.json (npm ci) …\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const installed = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (installed.status !== 0) {
    process.stderr.write('Stillpoint: npm ci failed; its words above say why.\n')
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}
