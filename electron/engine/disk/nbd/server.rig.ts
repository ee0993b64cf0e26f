import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  chunkDone,
  encodeUint32,
  greetingMagic,
  infos,
  optionReplies,
  optionReplyMagic,
  options,
  requestBytes,
  structuredReplyMagic,
} from './protocol.ts'

export type Asked = {
  readonly command: number
  readonly cookie: bigint
  readonly offset: number
  readonly lengthBytes: number
  readonly payload: Buffer
}

export type Script = {
  readonly sizeBytes?: number
  readonly flags?: number
  readonly blockSizes?: readonly [number, number, number]
  readonly greeting?: Buffer
  readonly structured?: boolean
  /** Id of every context that the client asks for is its place in the list. */
  readonly contexts?: readonly string[]
  /** Replaces the replies to an option. */
  onOption?(option: number, socket: Socket): boolean
  onRequest?(asked: Asked, socket: Socket): void
}

/** An NBD server that says what a test tells it to, true or not. */
export async function scriptedServer(script: Script): Promise<AsyncDisposable & { readonly socketPath: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stillpoint-rig-'))
  const socketPath = path.join(folder, 's')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    void talk(socket, script).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function talk(socket: Socket, script: Script): Promise<void> {
  const take = taker(socket)
  socket.write(script.greeting ?? Buffer.concat([Buffer.from(greetingMagic, 'latin1'), Buffer.from([0, 3])]))
  await take(4)
  while (await answerOption(socket, script, take));
  for (;;) {
    const head = await take(requestBytes)
    const command = head.readUInt16BE(6)
    const lengthBytes = head.readUInt32BE(24)
    const payload = command === 1 ? await take(lengthBytes) : Buffer.alloc(0)
    const offset = Number(head.readBigUInt64BE(16))
    script.onRequest?.({ command, cookie: head.readBigUInt64BE(8), offset, lengthBytes, payload }, socket)
  }
}

/** Answers false after the last option. */
async function answerOption(socket: Socket, script: Script, take: Take): Promise<boolean> {
  const head = await take(16)
  const option = head.readUInt32BE(8)
  await take(head.readUInt32BE(12))
  if (script.onOption?.(option, socket) === true) return true
  if (option === options.structuredReply && script.structured === false) {
    socket.write(optionReply(option, optionReplies.errorBit + 1))
    return true
  }
  for (const data of repliesTo(option, script)) socket.write(data)
  socket.write(optionReply(option, optionReplies.ack))
  return option !== options.go
}

function repliesTo(option: number, script: Script): Buffer[] {
  if (option === options.setMetaContext) {
    return (script.contexts ?? []).map((name, id) =>
      optionReply(option, optionReplies.metaContext, Buffer.concat([encodeUint32(id), Buffer.from(name)])),
    )
  }
  if (option !== options.go) return []
  const about = Buffer.alloc(12)
  about.writeUInt16BE(infos.export, 0)
  about.writeBigUInt64BE(BigInt(script.sizeBytes ?? 2 ** 20), 2)
  about.writeUInt16BE(script.flags ?? 3, 10)
  const [least, preferred, most] = script.blockSizes ?? [1, 4096, 2 ** 25]
  const kind = Buffer.from([0, infos.blockSize])
  const sizes = Buffer.concat([kind, encodeUint32(least), encodeUint32(preferred), encodeUint32(most)])
  return [optionReply(option, optionReplies.info, about), optionReply(option, optionReplies.info, sizes)]
}

export function optionReply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(20)
  head.writeBigUInt64BE(optionReplyMagic, 0)
  head.writeUInt32BE(option, 8)
  head.writeUInt32BE(type, 12)
  head.writeUInt32BE(data.length, 16)
  return Buffer.concat([head, data])
}

export function chunk(cookie: bigint, type: number, data: Buffer, done = true): Buffer {
  const head = Buffer.alloc(20)
  head.writeUInt32BE(structuredReplyMagic, 0)
  head.writeUInt16BE(done ? chunkDone : 0, 4)
  head.writeUInt16BE(type, 6)
  head.writeBigUInt64BE(cookie, 8)
  head.writeUInt32BE(data.length, 16)
  return Buffer.concat([head, data])
}

/** A data chunk's or a hole's body starts with the offset. */
export function at(offset: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(offset))
  return Buffer.concat([head, rest])
}

type Take = (lengthBytes: number) => Promise<Buffer>

function taker(socket: Socket): Take {
  return async (lengthBytes) => {
    if (lengthBytes === 0) return Buffer.alloc(0)
    for (;;) {
      const bytes: Buffer | null = socket.read(lengthBytes)
      if (bytes?.length === lengthBytes) return bytes
      if (socket.destroyed) throw new Error('the client left')
      await new Promise<void>((resolve) => {
        const go = (): void => {
          socket.off('readable', go).off('close', go)
          resolve()
        }
        socket.on('readable', go).on('close', go)
      })
    }
  }
}
