import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build, type InlineConfig } from 'vite'
import { signOf } from '../electron/shell/picture.ts'
import { bundleBreakGlass } from './break-glass/bundle.ts'

/**
 * Everything that is not run from source, into `dist/` (or `--out DIR`):
 *
 * - `renderer/` the window, for every host
 * - `main.js` Electron's main process, whole in itself: in a package it lies in the archive whose integrity is checked
 * - `thread.js`, `chunk-worker.js`, `seven-zip-worker.js`, `freeze-watchdog.js` what runs as threads and processes of its own; `engine-*.js` is shared
 * - `7zz.wasm` 7-Zip, which its thread runs
 * - `headless.js`, `cli.js` the engine's other hosts, for Node
 * - `preload.cjs` Electron's preload: a sandboxed preload must be one CommonJS file
 * - `restore-without-us.mjs` the script that goes into every repository
 * - `icon.png` the application's icon, for packagers
 * - `licenses-*.md` the licences of what the bundles hold (the window's in `renderer/`)
 *
 * All entries lie flat, because each finds the others beside itself. Only the window needs building to work from a checkout:
 * headless host, shell commands and tests run the `.ts` files themselves. Electron runs from `dist/`. Packages are bundled, so
 * that nothing has to be looked for outside; only SQLite, whose native part cannot be, comes from node_modules.
 */
const top = path.join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const dist = path.resolve(values.out ?? path.join(top, 'dist'))

const libvirt = 'electron/engine/hypervisor/libvirt'
const threads = {
  thread: 'electron/engine/thread.ts',
  'chunk-worker': 'electron/engine/chunk/worker.ts',
  'seven-zip-worker': 'electron/engine/guest/seven-zip/worker.ts',
  'freeze-watchdog': `${libvirt}/watchdog-process.ts`,
}
const nodeHosts = { headless: 'electron/headless.ts', cli: 'electron/cli.ts' }

const iconPx = 512

function nodeBundle(name: string, input: Readonly<Record<string, string>>, format: 'es' | 'cjs'): InlineConfig {
  const ending = format === 'es' ? 'js' : 'cjs'
  return {
    configFile: false,
    root: top,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron', 'better-sqlite3'] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: dist,
      emptyOutDir: false,
      minify: false,
      license: { fileName: `licenses-${name}.md` },
      rollupOptions: {
        input: Object.fromEntries(Object.entries(input).map(([entry, file]) => [entry, path.join(top, file)])),
        output: { format, entryFileNames: `[name].${ending}`, chunkFileNames: `${name}-[hash].${ending}` },
      },
    },
  }
}

mkdirSync(dist, { recursive: true })
for (const name of readdirSync(dist)) if (name !== 'packages') rmSync(path.join(dist, name), { recursive: true })
await build({
  configFile: path.join(top, 'build', 'vite.config.ts'),
  logLevel: 'warn',
  build: { outDir: path.join(dist, 'renderer'), license: { fileName: 'licenses-window.md' } },
})
await build(nodeBundle('main', { main: 'electron/main.ts' }, 'es'))
await build(nodeBundle('engine', threads, 'es'))
await build(nodeBundle('hosts', nodeHosts, 'es'))
await build(nodeBundle('preload', { preload: 'electron/preload.ts' }, 'cjs'))
copyFileSync(path.join(top, 'node_modules/7z-wasm/7zz.wasm'), path.join(dist, '7zz.wasm'))
writeFileSync(path.join(dist, 'restore-without-us.mjs'), await bundleBreakGlass())
writeFileSync(path.join(dist, 'icon.png'), signOf('nothing', iconPx))
