import path from 'node:path'
import type { Configuration } from 'electron-builder'

const top = path.join(import.meta.dirname, '..')

/** Run as threads and processes of their own, or handed to repositories: these cannot lie inside the archive. */
const outside = [
  'thread.js',
  'chunk-worker.js',
  'seven-zip-worker.js',
  '7zz.wasm',
  'freeze-watchdog.js',
  'engine-*.js',
  'restore-without-us.mjs',
]
const inside = ['main.js', 'preload.cjs', 'renderer/**', '!**/*.md']

const sqlite = path.join(top, 'node_modules/better-sqlite3')

/** Its JavaScript and the binary of the target; neither its C sources nor the other platforms' binaries. */
const sqliteFiles = ['package.json', 'lib/**', `prebuilds/\${platform}-\${arch}.node`]

/**
 * What becomes of `dist` in a package. Everything that we run is bundled there, so of all packages only SQLite goes along,
 * for its native part. Licences lie beside the archive, where people can read them.
 *
 * The fuses close what the console never needs: with them Electron's binary runs nothing but our archive. That the archive is
 * unchanged is checked on macOS and Windows; on Linux Electron has no such check.
 */
export function packaging(dist: string): Configuration {
  return {
    appId: 'org.stillpoint.console',
    productName: 'Stillpoint',
    // Debian packages name both; whoever publishes puts theirs.
    extraMetadata: {
      homepage: 'https://stillpoint.invalid/',
      author: { name: 'Stillpoint', email: 'stillpoint@stillpoint.invalid' },
    },
    directories: { output: path.join(dist, 'packages'), buildResources: dist },
    files: [
      'package.json',
      '!node_modules/**',
      { from: dist, to: 'dist', filter: [...inside, ...outside] },
      { from: sqlite, to: 'node_modules/better-sqlite3', filter: sqliteFiles },
    ],
    extraResources: [
      { from: path.join(top, 'LICENSE'), to: 'LICENSE.txt' },
      { from: path.join(sqlite, 'LICENSE'), to: 'licenses/better-sqlite3.txt' },
      { from: dist, to: 'licenses', filter: ['licenses-*.md', 'renderer/licenses-*.md'] },
    ],
    asar: true,
    asarUnpack: [...outside.map((name) => `dist/${name}`), 'node_modules/better-sqlite3/**'],
    // SQLite's binary speaks Node-API, which is the same in Electron: nothing is compiled.
    npmRebuild: false,
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    electronLanguages: ['en-US', 'zh-CN'],
    icon: path.join(dist, 'icon.png'),
    linux: { target: ['AppImage', 'deb'], category: 'System', executableName: 'stillpoint' },
    win: { target: ['nsis'] },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
    mac: { target: ['dmg', 'zip'], category: 'public.app-category.utilities' },
  }
}
