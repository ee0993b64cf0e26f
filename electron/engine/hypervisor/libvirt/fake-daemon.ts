import { type Duplex, duplexPair } from 'node:stream'
import { encodeFrame, type Frame, FrameReader } from './frames.ts'
import { messageTypes, programs, statuses } from './protocol.ts'
import { XdrWriter } from './xdr.ts'

/** The other end of a connection, moved by hand: sees every message and says what it is told to, however rude. */
export class FakeDaemon {
  /** What the client holds. */
  readonly socket: Duplex
  readonly #end: Duplex
  readonly #received: Frame[] = []
  #wake: () => void = () => {}

  constructor() {
    const [socket, end] = duplexPair()
    const reader = new FrameReader()
    this.socket = socket
    this.#end = end
    end.on('data', (piece: Buffer) => {
      reader.push(piece)
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) this.#received.push(frame)
      this.#wake()
    })
  }

  /** The next message of the client, in order. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#received.shift()
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Messages that were sent and not taken yet. */
  get waiting(): number {
    return this.#received.length
  }

  send(frame: Partial<Frame>): void {
    this.raw(encodeFrame({ ...blank, ...frame }))
  }

  reply(call: Frame, write: (writer: XdrWriter) => void = () => {}): void {
    this.send({ ...call, type: messageTypes.reply, status: statuses.ok, body: bytesOf(write) })
  }

  refuse(call: Frame, number: number, message: string): void {
    const body = bytesOf((writer) => writer.int(number).int(10).optionalString(message).int(2))
    this.send({ ...call, type: messageTypes.reply, status: statuses.error, body })
  }

  stream(call: Frame, status: number, body: Buffer = Buffer.alloc(0)): void {
    this.send({ ...call, type: messageTypes.stream, status, body })
  }

  event(procedure: number, write: (writer: XdrWriter) => void): void {
    this.send({ procedure, type: messageTypes.event, body: bytesOf(write) })
  }

  raw(bytes: Buffer): void {
    this.#end.write(bytes)
  }

  hangUp(): void {
    this.#end.destroy()
  }
}

const blank: Frame = { program: programs.remote, procedure: 0, type: 0, serial: 0, status: 0, body: Buffer.alloc(0) }

function bytesOf(write: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter()
  write(writer)
  return writer.bytes()
}
