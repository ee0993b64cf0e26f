import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/**
 * A disk in memory behind an NBD server (the protocol's simple subset, doc/proto.md of NetworkBlockDevice/nbd) that notes
 * every write and every flush in the order in which they came. Out of that record a test makes the disks that a power cut
 * could have left.
 */
export type DiskEvent =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'flush' }

const magic = { greeting: 'NBDMAGICIHAVEOPT', reply: 0x3e889045565a9n, request: 0x25609513, answer: 0x67446698 }
const option = { abort: 2, info: 6, go: 7 }
const reply = { acknowledged: 1, info: 3, unsupported: 0x80000001 }
const command = { read: 0, write: 1, disconnect: 2, flush: 3, writeZeroes: 6 }
/** Has flags, takes flushes, writes of zeroes and writes that last at once. */
const exportFlags = 0b1001101
const lastsAtOnce = 1
const requestBytes = 28

export class RecordingDisk implements AsyncDisposable {
  readonly events: DiskEvent[] = []
  readonly #bytes: Buffer
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(sizeBytes: number) {
    this.#bytes = Buffer.alloc(sizeBytes)
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.#sockets.delete(socket))
      void this.#serve(socket).catch(() => socket.destroy())
    })
  }

  static async listen(socketPath: string, sizeBytes: number): Promise<RecordingDisk> {
    const disk = new RecordingDisk(sizeBytes)
    disk.#server.listen(socketPath)
    await once(disk.#server, 'listening')
    return disk
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serve(socket: Socket): Promise<void> {
    const take = takerOf(socket)
    socket.write(Buffer.concat([Buffer.from(magic.greeting), Buffer.from([0, 3])]))
    await take(4)
    while (!(await this.#negotiate(socket, take))) {}
    while (await this.#answer(socket, take)) {}
    socket.end()
  }

  /** Answers whether commands may follow. */
  async #negotiate(socket: Socket, take: Take): Promise<boolean> {
    const head = await take(16)
    const asked = head.readUInt32BE(8)
    await take(head.readUInt32BE(12))
    const isExport = asked === option.go || asked === option.info
    if (isExport) socket.write(replyTo(asked, reply.info, this.#description()))
    socket.write(replyTo(asked, isExport || asked === option.abort ? reply.acknowledged : reply.unsupported))
    return asked === option.go
  }

  #description(): Buffer {
    const told = Buffer.alloc(12)
    told.writeBigUInt64BE(BigInt(this.#bytes.length), 2)
    told.writeUInt16BE(exportFlags, 10)
    return told
  }

  /** Answers false at the end of the connection. */
  async #answer(socket: Socket, take: Take): Promise<boolean> {
    const head = await take(requestBytes)
    const [flags, kind, length] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readUInt32BE(24)]
    const offset = Number(head.readBigUInt64BE(16))
    if (kind === command.disconnect) return false
    if (kind === command.write) this.#write(offset, Uint8Array.from(await take(length)))
    else if (kind === command.writeZeroes) this.#write(offset, new Uint8Array(length))
    if (kind === command.flush || (flags & lastsAtOnce) !== 0) this.events.push({ kind: 'flush' })
    const answer = Buffer.alloc(16)
    answer.writeUInt32BE(magic.answer)
    head.copy(answer, 8, 8, 16)
    socket.write(answer)
    if (kind === command.read) socket.write(Buffer.from(this.#bytes.subarray(offset, offset + length)))
    return true
  }

  #write(offset: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, offset)
    this.events.push({ kind: 'write', offset, bytes })
  }
}

type Take = (lengthBytes: number) => Promise<Buffer>

/** Takes so many bytes off the stream at a time; fails when it ends. */
function takerOf(socket: Socket): Take {
  const parts = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer = Buffer.alloc(0)
  return async (lengthBytes) => {
    const whole = [held]
    let bytes = held.length
    while (bytes < lengthBytes) {
      const { value, done } = await parts.next()
      if (done === true) throw new Error('the client is gone')
      whole.push(value)
      bytes += value.length
    }
    const all = Buffer.concat(whole)
    held = all.subarray(lengthBytes)
    return all.subarray(0, lengthBytes)
  }
}

function replyTo(asked: number, kind: number, told: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(20)
  head.writeBigUInt64BE(magic.reply)
  head.writeUInt32BE(asked, 8)
  head.writeUInt32BE(kind, 12)
  head.writeUInt32BE(told.length, 16)
  return Buffer.concat([head, told])
}
