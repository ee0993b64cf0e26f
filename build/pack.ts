import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build, createTargets, Platform } from 'electron-builder'
import { packaging } from './electron-builder.ts'

/**
 * Builds the console and packs it: for this system, or for `--linux`, `--windows`, `--mac`; with `--dir` as a folder that is
 * no installer. Packages come to `dist/packages`. Electron's own binaries are fetched, once.
 */
const { values } = parseArgs({
  options: {
    linux: { type: 'boolean' },
    windows: { type: 'boolean' },
    mac: { type: 'boolean' },
    dir: { type: 'boolean' },
  },
})
const top = path.join(import.meta.dirname, '..')
const wanted = [
  ...(values.linux ? [Platform.LINUX] : []),
  ...(values.windows ? [Platform.WINDOWS] : []),
  ...(values.mac ? [Platform.MAC] : []),
]

const bundled = spawnSync(process.execPath, [path.join(top, 'build/bundle.ts')], { stdio: 'inherit' })
if (bundled.status !== 0) process.exit(1)
const made = await build({
  projectDir: top,
  config: packaging(path.join(top, 'dist')),
  targets: createTargets(wanted.length === 0 ? [Platform.current()] : wanted, values.dir ? 'dir' : undefined),
  publish: 'never',
})
for (const file of made) console.log(path.relative(top, file))
