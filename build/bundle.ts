import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build, type InlineConfig } from 'vite'
import { bundleBreakGlass } from './break-glass/bundle.ts'

/**
 * Everything that is not run from source, into `dist/`:
 *
 * - `dist/renderer/` the window, for every host
 * - `dist/*.js` the engine's entries, side by side and flat, because each finds the others beside itself
 * - `dist/restore-without-us.mjs` the script that goes into every repository
 * - `dist/preload.cjs` Electron's preload: a sandboxed preload must be one CommonJS file
 *
 * Only the window needs building to work from a checkout: headless host, shell commands and tests run the `.ts` files
 * themselves. Electron runs from `dist/`. Packages stay outside the bundles and come from node_modules.
 */
const top = path.join(import.meta.dirname, '..')
const dist = path.join(top, 'dist')

const entries = {
  main: 'electron/main.ts',
  headless: 'electron/headless.ts',
  cli: 'electron/cli.ts',
  thread: 'electron/engine/thread.ts',
  'chunk-worker': 'electron/engine/chunk/worker.ts',
  'freeze-watchdog': 'electron/engine/hypervisor/libvirt/watchdog-process.ts',
} as const

const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const packages = [...Object.keys(dependencies), ...Object.keys(devDependencies)]

function nodeBundle(input: Readonly<Record<string, string>>, format: 'es' | 'cjs'): InlineConfig {
  const ending = format === 'es' ? 'js' : 'cjs'
  return {
    configFile: false,
    root: top,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: true,
      target: 'node24',
      outDir: dist,
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, path.join(top, file)])),
        external: (id) => packages.some((name) => id === name || id.startsWith(`${name}/`)),
        output: { format, entryFileNames: `[name].${ending}`, chunkFileNames: `shared-[hash].${ending}` },
      },
    },
  }
}

rmSync(dist, { recursive: true, force: true })
await build({ configFile: path.join(top, 'build', 'vite.config.ts'), logLevel: 'warn' })
await build(nodeBundle(entries, 'es'))
await build(nodeBundle({ preload: 'electron/preload.ts' }, 'cjs'))
writeFileSync(path.join(dist, 'restore-without-us.mjs'), await bundleBreakGlass())
