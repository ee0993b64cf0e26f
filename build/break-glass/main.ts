import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'
import type { Manifest } from '../../electron/engine/repository/format/manifest.ts'
import { recipientKey } from '../../electron/engine/repository/format/recipient.ts'
import { fromRecoveryKeyText } from '../../electron/engine/repository/format/recovery.ts'
import type { SlotKey } from '../../electron/engine/repository/format/slot.ts'
import { fromWords } from '../../electron/engine/repository/format/words.ts'
import { ObjectFolder } from './objects.ts'
import { restoreDisk } from './restore.ts'
import { openVault, type Vault, type VaultPoint } from './vault.ts'

const usage = `Restores from a Stillpoint repository without Stillpoint. Needs Node.js 22.15 or later and nothing else.
不借助 Stillpoint 从存储库恢复。只需要 Node.js 22.15 或更高版本。

  node restore-without-us.mjs FOLDER KEY list
  node restore-without-us.mjs FOLDER KEY restore POINT DISK OUT.raw

KEY is one of: --passphrase-file FILE | --recovery-words-file FILE | --recovery-key-file FILE
`

const options = {
  'passphrase-file': { type: 'string' },
  'recovery-words-file': { type: 'string' },
  'recovery-key-file': { type: 'string' },
} as const

type Order = {
  readonly folder: string
  readonly key: SlotKey
  readonly command: string
  readonly rest: readonly string[]
}

class UsageError extends Error {}

async function run(args: readonly string[]): Promise<void> {
  needZstd()
  const { folder, key, command, rest } = read(args)
  const vault = await openVault(new ObjectFolder(folder), key, (sentence) => console.error(`warning: ${sentence}`))
  if (command === 'list' && rest.length === 0) return list(vault)
  const [point, disk, out] = rest
  const isWhole = command === 'restore' && rest.length === 3
  if (!isWhole || point === undefined || disk === undefined || out === undefined) throw new UsageError()
  await restore(vault, point, disk, out)
}

/** zstd came to node:zlib with 22.15 and 23.8; without it nothing in a repository can be read. */
function needZstd(): void {
  if (typeof zlib.zstdDecompressSync === 'function') return
  throw new Error(`this is Node.js ${process.versions.node}; reading the repository needs 22.15 or later`)
}

function read(args: readonly string[]): Order {
  const { values, positionals } = parse(args)
  const [folder, command, ...rest] = positionals
  const [key, ...more] = keysIn(values)
  if (folder === undefined || command === undefined || key === undefined || more.length > 0) throw new UsageError()
  return { folder, command, rest, key: key() }
}

function keysIn(files: ReturnType<typeof parse>['values']): readonly (() => SlotKey)[] {
  const { 'passphrase-file': passphrase, 'recovery-words-file': words, 'recovery-key-file': recovery } = files
  const keys: (() => SlotKey)[] = []
  if (passphrase !== undefined) keys.push(() => ({ kind: 'passphrase', passphrase: line(passphrase) }))
  if (words !== undefined) keys.push(() => ({ kind: 'recovery-words', secret: fromWords(line(words)) }))
  if (recovery !== undefined) keys.push(() => recipientKey(fromRecoveryKeyText(line(recovery))))
  return keys
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (thrown) {
    throw new UsageError(String(thrown))
  }
}

/** Editors end files with a line break that is no part of the passphrase. */
function line(file: string): string {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
}

function list({ points }: Vault): void {
  for (const { manifest, droppedAt } of points) {
    // Names come from guests: quoted, they cannot play with the terminal.
    console.log(`${manifest.pointId}  ${new Date(manifest.createdAt).toISOString()}  ${quoted(manifest.machineName)}`)
    if (droppedAt !== undefined) console.log(`    in the trash since ${new Date(droppedAt).toISOString()}`)
    for (const { name, sizeBytes } of manifest.disks) console.log(`    ${quoted(name)}  ${sizeBytes} bytes`)
  }
}

async function restore(vault: Vault, point: string, diskName: string, out: string): Promise<void> {
  const disk = find(vault.points, point).disks.find(({ name }) => name === diskName)
  if (disk === undefined) throw new Error(`the point has no disk ${quoted(diskName)}`)
  let shown = -1
  await restoreDisk(vault, disk, out, (end) => {
    const percent = Math.floor((end / disk.sizeBytes) * 100)
    if (percent > shown && process.stderr.isTTY) process.stderr.write(`\r${percent} %`)
    shown = percent
  })
  console.log(`${out}: ${disk.sizeBytes} bytes restored, every chunk verified`)
}

function find(points: readonly VaultPoint[], point: string): Manifest {
  const found = points.map(({ manifest }) => manifest).filter(({ pointId }) => pointId.startsWith(point))
  const [first] = found
  if (first === undefined) throw new Error(`there is no point ${quoted(point)}`)
  if (found.length > 1) throw new Error(`${found.length} points begin with ${quoted(point)}`)
  return first
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`)
}

run(process.argv.slice(2)).catch((thrown: unknown) => {
  const isUsage = thrown instanceof UsageError
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  console.error(isUsage ? `${message}\n${usage}` : `failed: ${message}`)
  process.exitCode = isUsage ? 2 : 1
})
