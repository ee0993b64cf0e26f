/**
 * Numbers and byte layouts of the NBD protocol, all big-endian. Source: "The NBD protocol", doc/proto.md of
 * NetworkBlockDevice/nbd, and docs/interop/nbd.txt of QEMU for its meta contexts.
 */

export const greetingMagic = 'NBDMAGICIHAVEOPT'
export const optionMagic = 'IHAVEOPT'
export const optionReplyMagic = 0x0003e889045565a9n
export const requestMagic = 0x25609513
export const simpleReplyMagic = 0x67446698
export const structuredReplyMagic = 0x668e33ef

export const greetingFlags = { fixedNewstyle: 1, noZeroes: 2 } as const

export const options = { go: 7, structuredReply: 8, setMetaContext: 10 } as const

/** The highest bit tells an error. */
export const optionReplies = { ack: 1, info: 3, metaContext: 4, errorBit: 0x80000000 } as const

export const infos = { export: 0, blockSize: 3 } as const

export const exportFlags = {
  readOnly: 1 << 1,
  flush: 1 << 2,
  writeZeroes: 1 << 6,
  multiConnection: 1 << 8,
} as const

export const commands = { read: 0, write: 1, disconnect: 2, flush: 3, writeZeroes: 6, blockStatus: 7 } as const
export type Command = (typeof commands)[keyof typeof commands]

/** The highest bit of sixteen tells an error. */
export const chunks = { none: 0, data: 1, hole: 2, blockStatus: 5, errorBit: 0x8000 } as const
export const chunkDone = 1

export const requestBytes = 28
export const simpleReplyBytes = 16
export const structuredReplyBytes = 20
export const greetingBytes = 18
export const optionReplyBytes = 20

/** Flags of its extents: 1 is a hole, 2 reads as zeroes. */
export const allocationContext = 'base:allocation'
export const zeroFlag = 2
/** Flag of the extents of `qemu:dirty-bitmap:NAME`. */
export const dirtyFlag = 1

const errorNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  5: 'EIO',
  12: 'ENOMEM',
  22: 'EINVAL',
  28: 'ENOSPC',
  75: 'EOVERFLOW',
  95: 'ENOTSUP',
  108: 'ESHUTDOWN',
}

/** The protocol has its own numbers of errors, which are those of Linux. */
export function errorName(number: number): string {
  return errorNames[number] ?? `error ${number}`
}

export type Request = {
  readonly command: Command
  /** Chosen by the client, unique among its requests under way, at most 2^32 − 1. */
  readonly cookie: number
  readonly offset: number
  readonly lengthBytes: number
}

/** The request with `payload` behind it, in one new buffer. */
export function encodeRequest(request: Request, payload: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.allocUnsafe(requestBytes + payload.length)
  bytes.writeUInt32BE(requestMagic, 0)
  bytes.writeUInt16BE(0, 4)
  bytes.writeUInt16BE(request.command, 6)
  bytes.writeBigUInt64BE(BigInt(request.cookie), 8)
  bytes.writeBigUInt64BE(BigInt(request.offset), 16)
  bytes.writeUInt32BE(request.lengthBytes, 24)
  bytes.set(payload, requestBytes)
  return bytes
}

export function encodeOption(option: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(16)
  head.write(optionMagic, 0, 'latin1')
  head.writeUInt32BE(option, 8)
  head.writeUInt32BE(data.length, 12)
  return Buffer.concat([head, data])
}

/** Data of NBD_OPT_GO that also asks for block sizes, which tells the server that we keep to them. */
export function encodeGo(exportName: string): Buffer {
  const tail = Buffer.alloc(4)
  tail.writeUInt16BE(1, 0)
  tail.writeUInt16BE(infos.blockSize, 2)
  return Buffer.concat([encodeText(exportName), tail])
}

/** Data of NBD_OPT_SET_META_CONTEXT. */
export function encodeContexts(exportName: string, contexts: readonly string[]): Buffer {
  return Buffer.concat([encodeText(exportName), encodeUint32(contexts.length), ...contexts.map(encodeText)])
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([encodeUint32(bytes.length), bytes])
}

export function encodeUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
