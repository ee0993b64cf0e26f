import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MiB } from '../../../../shared/units.ts'
import { partialName, removeLeftovers } from '../../base/partial.ts'
import type { ReadableDisk } from '../disk.ts'
import { commands, requestBytes, requestMagic, simpleReplyBytes, simpleReplyMagic } from './protocol.ts'
import { type Client, chooseExport } from './server-handshake.ts'
import { SocketReader } from './socket-reader.ts'

/** What is served until this is disposed; the disks stay their owner's. */
export type NbdServer = AsyncDisposable & { readonly socketPath: string }

const mostConnections = 16
/** Reads of one client that are carried out at once; further ones wait in the socket. */
const readsAtOnce = 4
/** The protocol lets a client assume as much where it has not asked. */
const longestReadBytes = 32 * MiB
const errors = { permission: 1, io: 5, invalid: 22 } as const

/**
 * Serves disks for reading, each as the export of its name, on a socket in a folder that only we can enter. Clients are hostile until
 * checked: what they name is bounded, and one that breaks the protocol loses its connection.
 */
export async function serveNbd(exports: ReadonlyMap<string, ReadableDisk>): Promise<NbdServer> {
  await using made = new AsyncDisposableStack()
  await removeLeftovers(tmpdir())
  const folder = path.join(tmpdir(), partialName())
  await mkdir(folder, { mode: 0o700 })
  made.defer(() => rm(folder, { recursive: true, force: true }))
  const socketPath = path.join(folder, randomBytes(2).toString('hex'))
  const sockets = new Set<Socket>()
  const talks = new Set<Promise<void>>()
  const server = createServer((socket) => {
    if (sockets.size >= mostConnections) return socket.destroy()
    sockets.add(socket)
    const talk = converse(socket, exports).finally(() => {
      sockets.delete(socket)
      talks.delete(talk)
    })
    return talks.add(talk)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve))
  made.defer(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all(talks)
  })
  const owned = made.move()
  return { socketPath, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Never rejects: whatever goes wrong, this one connection ends. */
async function converse(socket: Socket, exports: ReadonlyMap<string, ReadableDisk>): Promise<void> {
  const gone = new AbortController()
  socket.on('error', () => {}).once('close', () => gone.abort())
  const client: Client = { socket, reader: new SocketReader(socket) }
  try {
    const disk = await chooseExport(client, exports)
    if (disk !== undefined) await serveReads(client, disk, gone.signal)
  } catch {
    // It broke the protocol or left.
  } finally {
    gone.abort()
    socket.destroy()
  }
}

async function serveReads({ socket, reader }: Client, disk: ReadableDisk, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>()
  try {
    for (;;) {
      const head = await reader.take(requestBytes)
      const command = head.readUInt16BE(6)
      if (head.readUInt32BE(0) !== requestMagic || command === commands.disconnect) return
      // What follows a write would have to be read as well; nobody may write here.
      if (command === commands.write) return
      const answer = reply(disk, head, signal).then((bytes) => send(socket, bytes, signal))
      const settled = answer.catch(() => void socket.destroy()).finally(() => underWay.delete(settled))
      underWay.add(settled)
      if (underWay.size >= readsAtOnce) await Promise.race(underWay)
    }
  } finally {
    await Promise.all(underWay)
  }
}

async function reply(disk: ReadableDisk, head: Buffer, signal: AbortSignal): Promise<Buffer> {
  const cookie = head.readBigUInt64BE(8)
  const offset = Number(head.readBigUInt64BE(16))
  const lengthBytes = head.readUInt32BE(24)
  if (head.readUInt16BE(6) !== commands.read) return simpleReply(cookie, errors.permission, 0)
  if (lengthBytes > longestReadBytes || offset + lengthBytes > disk.sizeBytes) {
    return simpleReply(cookie, errors.invalid, 0)
  }
  const bytes = simpleReply(cookie, 0, lengthBytes)
  try {
    await disk.read(offset, bytes.subarray(simpleReplyBytes), signal)
    return bytes
  } catch {
    return simpleReply(cookie, errors.io, 0)
  }
}

function simpleReply(cookie: bigint, error: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(simpleReplyBytes + lengthBytes)
  bytes.writeUInt32BE(simpleReplyMagic, 0)
  bytes.writeUInt32BE(error, 4)
  bytes.writeBigUInt64BE(cookie, 8)
  return bytes
}

/** Waits for a client that takes slowly, so that no more than `readsAtOnce` replies to it are in memory. */
async function send(socket: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}
