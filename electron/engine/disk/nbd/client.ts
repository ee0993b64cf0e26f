import { Failure } from '../../../../shared/failure.ts'
import { GiB, MiB } from '../../../../shared/units.ts'
import type { WritableDisk } from '../disk.ts'
import { cut, type Extent, type Extents, union } from '../extents.ts'
import { needOnDisk } from '../range.ts'
import type { StatusExtent } from './call.ts'
import { type NbdConnection, openConnection } from './connection.ts'
import { allocationContext, commands, dirtyFlag, exportFlags, zeroFlag } from './protocol.ts'
import { blockStatus } from './status.ts'

export type { StatusExtent }

export type NbdAddress = {
  readonly socketPath: string
  readonly exportName: string
  /** Meta contexts that are needed (`qemu:dirty-bitmap:NAME`); `base:allocation` is always asked for. */
  readonly contexts: readonly string[]
  /** How many connections to share the work, where the server allows several to see one disk. */
  readonly connections: number
}

/** An export of an NBD server. Disposing says goodbye; it does not flush. */
export type NbdDisk = WritableDisk & {
  readonly readOnly: boolean
  /** Aborts once a connection is gone without our doing. Waiting calls have failed with `disk-unreadable` by then. */
  readonly lost: AbortSignal
  /** What a meta context says of the whole disk: without gaps, neighbours of equal flags joined. */
  blockStatus(context: string, signal: AbortSignal): Promise<readonly StatusExtent[]>
  /** Ranges that a dirty bitmap (`qemu:dirty-bitmap:NAME`) names. */
  dirty(context: string, signal: AbortSignal): Promise<Extents>
}

/**
 * Opens an export. Several connections are made only when the export is read-only or the server says that writes on one are
 * seen on all. Fails with `disk-unreadable`, or `disk-unsupported` when a needed meta context is not there.
 */
export async function connectNbd(address: NbdAddress, signal: AbortSignal): Promise<NbdDisk> {
  const contexts = [...new Set([allocationContext, ...address.contexts])]
  await using opened = new AsyncDisposableStack()
  const open = async (): Promise<NbdConnection> =>
    opened.adopt(await openConnection(address.socketPath, address.exportName, contexts, signal), (c) => c.close())
  const first = await open()
  const shared = (first.export.flags & (exportFlags.readOnly | exportFlags.multiConnection)) !== 0
  const others: NbdConnection[] = []
  while (shared && others.length + 1 < address.connections) others.push(await open())
  if (others.some((other) => other.export.sizeBytes !== first.export.sizeBytes)) {
    throw new Failure('disk-unreadable', `Two connections to ${address.exportName} differ in size`)
  }
  return new ConnectedDisk([first, ...others], opened.move())
}

/** Ranges without bytes may be longer than blocks; QEMU takes up to 2 GiB at once. */
const zeroPieceBytes = GiB
const zeroBytes = new Uint8Array(MiB)

class ConnectedDisk implements NbdDisk {
  readonly sizeBytes: number
  readonly readOnly: boolean
  readonly lost: AbortSignal
  readonly #first: NbdConnection
  readonly #connections: readonly NbdConnection[]
  readonly #opened: AsyncDisposableStack
  #turn = 0

  constructor(connections: readonly [NbdConnection, ...NbdConnection[]], opened: AsyncDisposableStack) {
    const [first] = connections
    this.#first = first
    this.#connections = connections
    this.#opened = opened
    this.sizeBytes = first.export.sizeBytes
    this.readOnly = this.#can(exportFlags.readOnly)
    this.lost = AbortSignal.any(connections.map((connection) => connection.lost))
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    needOnDisk(this.sizeBytes, offset, into.length)
    const { minBlockBytes } = this.#first.export
    const start = offset - (offset % minBlockBytes)
    const end = Math.min(this.sizeBytes, Math.ceil((offset + into.length) / minBlockBytes) * minBlockBytes)
    if (end - start === into.length) return await this.#readBlocks(offset, into, signal)
    const whole = new Uint8Array(end - start)
    await this.#readBlocks(start, whole, signal)
    into.set(whole.subarray(offset - start, offset - start + into.length))
  }

  async allocated(signal: AbortSignal): Promise<Extents> {
    if (!this.#first.export.contexts.has(allocationContext)) return union([{ start: 0, end: this.sizeBytes }])
    const status = await this.blockStatus(allocationContext, signal)
    return union(status.filter(({ flags }) => (flags & zeroFlag) === 0))
  }

  async write(offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#needWritable(offset, bytes.length)
    await this.#each(offset, bytes.length, this.#first.export.maxBlockBytes, (piece, lengthBytes) => {
      const payload = bytes.subarray(piece - offset, piece - offset + lengthBytes)
      return this.#next().request({ command: commands.write, offset: piece, lengthBytes, payload }, signal)
    })
  }

  async zero(offset: number, lengthBytes: number, signal: AbortSignal): Promise<void> {
    this.#needWritable(offset, lengthBytes)
    if (!this.#can(exportFlags.writeZeroes)) return await this.#writeZeroes(offset, lengthBytes, signal)
    await this.#each(offset, lengthBytes, zeroPieceBytes, (piece, pieceBytes) =>
      this.#next().request({ command: commands.writeZeroes, offset: piece, lengthBytes: pieceBytes }, signal),
    )
  }

  async flush(signal: AbortSignal): Promise<void> {
    if (this.readOnly) return
    if (!this.#can(exportFlags.flush)) throw new Failure('target-failed', 'The NBD server cannot flush')
    await this.#first.request({ command: commands.flush, offset: 0, lengthBytes: 0 }, signal)
  }

  blockStatus(context: string, signal: AbortSignal): Promise<readonly StatusExtent[]> {
    return blockStatus(this.#next(), context, signal)
  }

  async dirty(context: string, signal: AbortSignal): Promise<Extents> {
    const status = await this.blockStatus(context, signal)
    return union(status.filter(({ flags }) => (flags & dirtyFlag) !== 0))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync()
  }

  #can(flag: number): boolean {
    return (this.#first.export.flags & flag) !== 0
  }

  #next(): NbdConnection {
    this.#turn = (this.#turn + 1) % this.#connections.length
    return this.#connections[this.#turn] ?? this.#first
  }

  async #readBlocks(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#each(offset, into.length, this.#first.export.maxBlockBytes, (piece, lengthBytes) => {
      const part = into.subarray(piece - offset, piece - offset + lengthBytes)
      return this.#next().request({ command: commands.read, offset: piece, lengthBytes, into: part }, signal)
    })
  }

  async #writeZeroes(offset: number, lengthBytes: number, signal: AbortSignal): Promise<void> {
    for (const { start, end } of cut([{ start: offset, end: offset + lengthBytes }], zeroBytes.length)) {
      await this.write(start, zeroBytes.subarray(0, end - start), signal)
    }
  }

  #needWritable(offset: number, lengthBytes: number): void {
    needOnDisk(this.sizeBytes, offset, lengthBytes)
    if (this.readOnly) throw new Failure('target-failed', 'The disk is open for reading only')
    const { minBlockBytes } = this.#first.export
    if (offset % minBlockBytes === 0 && lengthBytes % minBlockBytes === 0) return
    throw new Failure('target-failed', `${lengthBytes} bytes at ${offset} are not whole blocks of ${minBlockBytes}`)
  }

  /** Waits for all pieces also when one fails: nothing may reach the caller's buffer afterwards. */
  async #each(
    offset: number,
    lengthBytes: number,
    pieceBytes: number,
    request: (offset: number, lengthBytes: number) => Promise<unknown>,
  ): Promise<void> {
    if (lengthBytes > 0 && lengthBytes <= pieceBytes) return void (await request(offset, lengthBytes))
    const pieces: Extent[] = []
    for (let at = 0; at < lengthBytes; at += pieceBytes) {
      pieces.push({ start: offset + at, end: offset + Math.min(lengthBytes, at + pieceBytes) })
    }
    const results = await Promise.allSettled(pieces.map(({ start, end }) => request(start, end - start)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }
}
