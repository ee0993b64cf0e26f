import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The walls of the house as an allow-table: a folder may import itself and what its row names, nothing else. The longest
 * matching row counts. `external` lists the packages a row may use beside Node's own modules.
 */
type Row = {
  readonly room: string
  readonly may: readonly string[]
  readonly external?: readonly string[]
  readonly node?: false
}

const engine = 'electron/engine'

export const table: readonly Row[] = [
  { room: 'shared', may: [], external: ['zod/mini'], node: false },
  {
    room: 'renderer',
    may: ['shared'],
    node: false,
    external: [
      'react',
      'react-dom',
      'zustand',
      '@tanstack/react-virtual',
      '@mantine',
      '@tabler/icons-react',
      'i18next',
      'react-i18next',
      'zod/mini',
    ],
  },
  { room: `${engine}/base`, may: ['shared'] },
  { room: `${engine}/disk`, may: ['shared', `${engine}/base`] },
  { room: `${engine}/store`, may: ['shared', `${engine}/base`] },
  {
    room: `${engine}/store/s3-api.ts`,
    may: ['shared', ...rooms('store', 'base')],
    external: ['@aws-sdk/client-s3'],
  },
  { room: `${engine}/chunk`, may: ['shared', ...rooms('base', 'disk', 'store', 'repository/format')] },
  {
    room: `${engine}/repository`,
    may: ['shared', ...rooms('base', 'disk', 'store', 'chunk')],
    external: ['zod/mini', '@noble/post-quantum', '@scure/bip39'],
  },
  {
    room: `${engine}/repository/format`,
    may: ['shared', `${engine}/chunk/chunk.ts`],
    external: ['zod/mini', '@noble/post-quantum', '@scure/bip39'],
  },
  { room: `${engine}/hypervisor`, may: ['shared', ...rooms('base', 'disk')], external: ['saxes', 'zod/mini'] },
  { room: `${engine}/catalog`, may: ['shared', ...rooms('base')], external: ['better-sqlite3', 'zod/mini'] },
  { room: `${engine}/policies`, may: ['shared', ...rooms('base', 'catalog')] },
  { room: `${engine}/guest`, may: ['shared', ...rooms('base', 'disk')] },
  { room: `${engine}/guest/seven-zip`, may: ['shared', ...rooms('base', 'disk', 'guest')], external: ['7z-wasm'] },
  {
    room: `${engine}/files`,
    may: [
      'shared',
      ...rooms('base', 'disk', 'guest', 'catalog', 'repository/repository.ts', 'hypervisor/hypervisor.ts'),
    ],
    external: ['tar-stream', 'yazl'],
  },
  {
    room: `${engine}/jobs`,
    may: [
      'shared',
      ...rooms('base', 'disk', 'hypervisor/hypervisor.ts', 'repository/repository.ts', 'repository/format/manifest.ts'),
    ],
  },
  { room: engine, may: ['shared', engine], external: ['pino'] },
  { room: 'electron/host', may: ['shared'] },
  { room: 'electron/shell', may: ['shared', 'electron/host'], external: ['electron'] },
  { room: 'electron/main.ts', may: ['shared', 'electron/shell', 'electron/host'], external: ['electron'] },
  { room: 'electron/preload.ts', may: ['shared'], external: ['electron'] },
  { room: 'electron/headless.ts', may: ['shared', 'electron/host'] },
  { room: 'electron/cli.ts', may: ['shared', 'electron/host', 'electron/headless.ts', 'electron/cli'] },
  { room: 'electron/cli', may: ['shared', 'electron/host', 'electron/headless.ts'] },
]

function rooms(...names: readonly string[]): readonly string[] {
  return names.map((name) => `${engine}/${name}`)
}

const source = /\.tsx?$/
/** Tests and the doubles that only tests use may reach anywhere. */
const free = /\.(test|suite|rig)\.tsx?$|^(build|e2e)\//
const imports =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g

/** Answers one sentence per breach in `files` (path → text, paths relative to the top). */
export function breaches(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].filter(([file]) => !free.test(file)).flatMap(([file, text]) => breachesOf(file, text))
}

function breachesOf(file: string, text: string): readonly string[] {
  const row = table.filter((each) => isWithin(file, each.room)).reduce(longer, undefined)
  if (row === undefined) return [`${file} lies in no room of the table`]
  return importedBy(text)
    .filter((name) => !isAllowed(file, name, row))
    .map((name) => `${file} imports ${name}, which ${row.room} may not`)
}

function importedBy(text: string): readonly string[] {
  return [...text.matchAll(imports)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function isAllowed(file: string, name: string, row: Row): boolean {
  if (name.startsWith('node:')) return row.node !== false
  if (!name.startsWith('.')) return (row.external ?? []).some((allowed) => isWithin(name, allowed))
  const target = path.posix.join(path.posix.dirname(file), name)
  return [row.room, ...row.may].some((room) => isWithin(target, room))
}

function isWithin(name: string, room: string): boolean {
  return name === room || name.startsWith(`${room}/`)
}

function longer(best: Row | undefined, row: Row): Row {
  return best === undefined || row.room.length > best.room.length ? row : best
}

export function sourceFiles(top: string): ReadonlyMap<string, string> {
  const files = ['shared', 'electron', 'renderer'].flatMap((folder) =>
    readdirSync(path.join(top, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => source.test(name))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  )
  return new Map(files.map((file) => [file, readFileSync(path.join(top, file), 'utf8')]))
}

if (import.meta.main) {
  const files = sourceFiles(path.join(import.meta.dirname, '..'))
  const found = files.size === 0 ? ['No source file was seen: nothing was checked'] : breaches(files)
  for (const breach of found) console.error(breach)
  console.log(`walls: ${files.size} files, ${found.length} breaches`)
  if (found.length > 0) process.exitCode = 1
}
