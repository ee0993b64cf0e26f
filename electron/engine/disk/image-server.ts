import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { systemClock } from '../base/clock.ts'
import { partialName, removeLeftovers } from '../base/partial.ts'
import { type Child, type Exit, start } from '../base/run.ts'
import { clip } from './extents.ts'
import type { ImageLink } from './image-header.ts'
import { connectNbd, type NbdAddress, type NbdDisk } from './nbd/client.ts'
import { needOnDisk } from './range.ts'

export type ImageServing = {
  readonly writable: boolean
  /** A persistent bitmap of the image that is offered as `qemu:dirty-bitmap:NAME`. */
  readonly bitmap: string | undefined
  /** Where the disk ends if not with a sector: QEMU rounds up. */
  readonly sizeBytes?: number
}

/** Two reach what nbdcopy does (PERFORMANCE §2). */
const connections = 2
const pollMs = 5
const leaveMs = 10_000

/**
 * Serves an image by a `qemu-nbd` of our own on a socket in a folder that only we can enter. `chain` is the image and then its
 * backing images down to the base, each with the driver to use: QEMU looks for nothing itself.
 *
 * The server is not persistent: it ends when its last client leaves, so it does not outlive us. Fails with `tool-missing`,
 * `machine-busy` when a running QEMU holds the image, `disk-unreadable` when it does not open, `no-space` where the folder for
 * temporary files is full.
 */
export async function serveImage(
  chain: readonly ImageLink[],
  serving: ImageServing,
  signal: AbortSignal,
): Promise<NbdDisk> {
  await using opened = new AsyncDisposableStack()
  const folder = await newFolder()
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const socketPath = path.join(folder, 's')
  const server = opened.use(await start('qemu-nbd', argumentsOf(chain, serving, socketPath), signal))
  const contexts = serving.bitmap === undefined ? [] : [`qemu:dirty-bitmap:${serving.bitmap}`]
  opened.defer(() => leave(server))
  const disk = opened.use(await connectWhenReady(server, { socketPath, exportName: '', contexts, connections }, signal))
  return owning(disk, serving.sizeBytes ?? disk.sizeBytes, opened.move())
}

async function newFolder(): Promise<string> {
  const folder = path.join(tmpdir(), partialName())
  try {
    await removeLeftovers(tmpdir())
    await mkdir(folder, { mode: 0o700 })
    return folder
  } catch (thrown) {
    const isFull = thrown instanceof Error && 'code' in thrown && ['ENOSPC', 'EDQUOT'].includes(String(thrown.code))
    const why = `No folder for a socket can be made: ${String(thrown)}`
    throw new Failure(isFull ? 'no-space' : 'disk-unreadable', why, { cause: thrown })
  }
}

function argumentsOf(chain: readonly ImageLink[], serving: ImageServing, socketPath: string): readonly string[] {
  return [
    `--socket=${socketPath}`,
    `--shared=${connections}`,
    '--discard=unmap',
    ...(serving.writable ? [] : ['--read-only']),
    ...(serving.bitmap === undefined ? [] : [`--bitmap=${serving.bitmap}`]),
    '--',
    `json:${JSON.stringify(blockNode(chain))}`,
  ]
}

/** `"backing": null` keeps QEMU from following what the image itself may name. */
function blockNode([image, ...backing]: readonly ImageLink[]): unknown {
  if (image === undefined) return null
  const file = { driver: 'file', filename: path.resolve(image.path) }
  return image.format === 'raw' ? { driver: 'raw', file } : { driver: image.format, file, backing: blockNode(backing) }
}

/** The server tells nobody when it listens: ask until it does, or until it has given up. */
async function connectWhenReady(server: Child, address: NbdAddress, signal: AbortSignal): Promise<NbdDisk> {
  for (;;) {
    const disk = await connectNbd(address, signal).catch((thrown: unknown) => needStarting(server, thrown))
    if (disk !== undefined) return disk
    await Promise.race([systemClock.sleep(pollMs, signal), server.exited])
  }
}

/** Throws why the server cannot be reached, unless it is only not there yet. */
async function needStarting(server: Child, thrown: unknown): Promise<undefined> {
  const early = isNotYet(thrown)
  // One that does not like its image hangs up first and says why on its way out.
  if (!early && thrown instanceof Failure && thrown.code === 'disk-unreadable') await leave(server)
  const exit = await Promise.race([server.exited, Promise.resolve(undefined)])
  if (exit !== undefined && exit.exitCode !== 0) throw startFailure(server, exit)
  if (exit !== undefined || !early) throw thrown
}

function isNotYet(thrown: unknown): boolean {
  const cause = thrown instanceof Failure ? thrown.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED')
}

function startFailure(server: Child, exit: Exit): Failure {
  const said = server.stderr().trim() || `it ended with ${exit.exitCode ?? exit.signal}`
  const locked = /Failed to (get|lock)[^\n]*lock|Is another process using the image/i.test(said)
  return new Failure(locked ? 'machine-busy' : 'disk-unreadable', `qemu-nbd: ${said}`)
}

/** Once its last client is gone, the server writes what it holds and ends; only then is the image complete. */
async function leave(server: Child): Promise<void> {
  const patience = new AbortController()
  const waited = systemClock.sleep(leaveMs, patience.signal).catch(() => {})
  await Promise.race([server.exited, waited])
  patience.abort()
}

function owning(disk: NbdDisk, sizeBytes: number, owned: AsyncDisposable): NbdDisk {
  return {
    sizeBytes,
    readOnly: disk.readOnly,
    lost: disk.lost,
    async read(offset, into, signal) {
      needOnDisk(sizeBytes, offset, into.length)
      await disk.read(offset, into, signal)
    },
    allocated: async (signal) => clip(await disk.allocated(signal), sizeBytes),
    async write(offset, bytes, signal) {
      needOnDisk(sizeBytes, offset, bytes.length)
      await disk.write(offset, bytes, signal)
    },
    async zero(offset, lengthBytes, signal) {
      needOnDisk(sizeBytes, offset, lengthBytes)
      await disk.zero(offset, lengthBytes, signal)
    },
    flush: (signal) => disk.flush(signal),
    blockStatus: (context, signal) => disk.blockStatus(context, signal),
    dirty: (context, signal) => disk.dirty(context, signal),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}
