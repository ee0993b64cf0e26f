import type { Socket } from 'node:net'
import { KiB, MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../disk.ts'
import {
  encodeUint32,
  exportFlags,
  greetingFlags,
  greetingMagic,
  infos,
  optionMagic,
  optionReplies,
  optionReplyBytes,
  optionReplyMagic,
  options,
} from './protocol.ts'
import type { SocketReader } from './socket-reader.ts'

export type Client = { readonly socket: Socket; readonly reader: SocketReader }

const optionHeadBytes = 16
const longestOptionBytes = 64 * KiB
const mostOptions = 64
/** Of the protocol's other options: to know one by name only, to leave, to choose as older clients do, to ask about one. */
const more = { exportName: 1, abort: 2, info: 6 } as const
const refusals = {
  unsupported: optionReplies.errorBit + 1,
  invalid: optionReplies.errorBit + 3,
  unknown: optionReplies.errorBit + 6,
}
const hasFlags = 1
const flags = hasFlags | exportFlags.readOnly | exportFlags.multiConnection
const blocks = { least: 1, preferred: 64 * KiB, most: 2 * MiB } as const

/**
 * The server's side of fixed newstyle negotiation, without structured replies or meta contexts. Undefined when the client leaves
 * without having chosen; throws where it breaks the protocol.
 */
export async function chooseExport(
  { socket, reader }: Client,
  exports: ReadonlyMap<string, ReadableDisk>,
): Promise<ReadableDisk | undefined> {
  const greeting = Buffer.from([0, greetingFlags.fixedNewstyle | greetingFlags.noZeroes])
  socket.write(Buffer.concat([Buffer.from(greetingMagic, 'latin1'), greeting]))
  const spoken = (await reader.take(4)).readUInt32BE(0)
  if ((spoken & greetingFlags.fixedNewstyle) === 0) throw new Error('an older client')
  for (let n = 0; n < mostOptions; n++) {
    const { option, data } = await takeOption(reader)
    if (option === more.abort) return void socket.write(reply(option, optionReplies.ack))
    if (option === more.exportName) return chooseByName(socket, exports, data, (spoken & greetingFlags.noZeroes) !== 0)
    const disk = answer(socket, exports, option, data)
    if (disk !== undefined && option === options.go) return disk
  }
  throw new Error('a client that asks without end')
}

async function takeOption(reader: SocketReader): Promise<{ readonly option: number; readonly data: Buffer }> {
  const head = await reader.take(optionHeadBytes)
  const lengthBytes = head.readUInt32BE(12)
  if (head.toString('latin1', 0, 8) !== optionMagic || lengthBytes > longestOptionBytes) throw new Error('no option')
  return { option: head.readUInt32BE(8), data: await reader.take(lengthBytes) }
}

function answer(
  socket: Socket,
  exports: ReadonlyMap<string, ReadableDisk>,
  option: number,
  data: Buffer,
): ReadableDisk | undefined {
  if (option !== options.go && option !== more.info) return void socket.write(reply(option, refusals.unsupported))
  const nameBytes = data.length < 6 ? Number.POSITIVE_INFINITY : data.readUInt32BE(0)
  if (nameBytes > data.length - 6) return void socket.write(reply(option, refusals.invalid))
  const disk = exports.get(data.toString('utf8', 4, 4 + nameBytes))
  if (disk === undefined) return void socket.write(reply(option, refusals.unknown))
  socket.write(reply(option, optionReplies.info, Buffer.concat([encodeUint16(infos.export), sizeAndFlags(disk)])))
  const sizes = [blocks.least, blocks.preferred, blocks.most].map(encodeUint32)
  socket.write(reply(option, optionReplies.info, Buffer.concat([encodeUint16(infos.blockSize), ...sizes])))
  socket.write(reply(option, optionReplies.ack))
  return disk
}

/** This option has no reply that could refuse. */
function chooseByName(
  socket: Socket,
  exports: ReadonlyMap<string, ReadableDisk>,
  data: Buffer,
  noZeroes: boolean,
): ReadableDisk {
  const disk = exports.get(data.toString('utf8'))
  if (disk === undefined) throw new Error('no such export')
  socket.write(Buffer.concat([sizeAndFlags(disk), Buffer.alloc(noZeroes ? 0 : 124)]))
  return disk
}

function sizeAndFlags({ sizeBytes }: ReadableDisk): Buffer {
  const bytes = Buffer.alloc(10)
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 0)
  bytes.writeUInt16BE(flags, 8)
  return bytes
}

function reply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(optionReplyBytes)
  head.writeBigUInt64BE(optionReplyMagic, 0)
  head.writeUInt32BE(option, 8)
  head.writeUInt32BE(type, 12)
  head.writeUInt32BE(data.length, 16)
  return Buffer.concat([head, data])
}

function encodeUint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
