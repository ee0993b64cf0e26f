import { Failure } from '../../../../shared/failure.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import type { Inbox } from './inbox.ts'
import {
  allocationContext,
  encodeContexts,
  encodeGo,
  encodeOption,
  encodeUint32,
  greetingBytes,
  greetingFlags,
  greetingMagic,
  infos,
  optionReplies,
  optionReplyBytes,
  optionReplyMagic,
  options,
} from './protocol.ts'

/** What a server says of an export. */
export type Export = {
  readonly sizeBytes: number
  /** Bits of `exportFlags`. */
  readonly flags: number
  /** Requests must lie on this grid, a power of two. */
  readonly minBlockBytes: number
  /** No request that carries bytes may be longer. */
  readonly maxBlockBytes: number
  readonly structured: boolean
  /** Ids of the meta contexts that the server granted, by name. */
  readonly contexts: ReadonlyMap<string, number>
}

const replyLimit = 64
const replyLimitBytes = 64 * KiB
const maxMinBlockBytes = 64 * KiB
/** What the protocol lets a client assume of a server that names no limit; never more at once. */
const defaultMaxBlockBytes = 32 * MiB

type Wire = { readonly inbox: Inbox; send(bytes: Uint8Array): void }
type OptionReply = { readonly type: number; readonly data: Buffer }

/**
 * Agrees on an export by fixed newstyle negotiation. Whatever the server sends is bounded and checked. Fails with
 * `disk-unreadable`, and with `disk-unsupported` when a wanted meta context is refused, except `base:allocation`, which is
 * only a favour.
 */
export async function shakeHands(wire: Wire, exportName: string, wanted: readonly string[]): Promise<Export> {
  const greeting = await wire.inbox.take(greetingBytes)
  if (greeting.toString('latin1', 0, 16) !== greetingMagic) throw broken('no NBD server answers')
  const flags = greeting.readUInt16BE(16)
  if ((flags & greetingFlags.fixedNewstyle) === 0) throw broken('it lacks fixed newstyle negotiation')
  wire.send(encodeUint32(flags & (greetingFlags.fixedNewstyle | greetingFlags.noZeroes)))

  const [structuredReply] = await ask(wire, options.structuredReply, Buffer.alloc(0))
  const structured = structuredReply?.type === optionReplies.ack
  const contexts = structured && wanted.length > 0 ? await askContexts(wire, exportName, wanted) : new Map()
  const missing = wanted.filter((name) => name !== allocationContext && !contexts.has(name))
  if (missing.length > 0) throw new Failure('disk-unsupported', `${exportName} has no ${missing.join(', ')}`)
  const replies = await ask(wire, options.go, encodeGo(exportName))
  return { ...parseInfos(needAccepted(replies, exportName)), structured, contexts }
}

/** Sends an option and answers its replies, the last of which is an acknowledgement or an error. */
async function ask(wire: Wire, option: number, data: Uint8Array): Promise<readonly OptionReply[]> {
  wire.send(encodeOption(option, data))
  const replies: OptionReply[] = []
  while (replies.length < replyLimit) {
    const reply = await takeReply(wire.inbox, option)
    replies.push(reply)
    if (reply.type === optionReplies.ack || isError(reply)) return replies
  }
  throw broken('it answers one option without end')
}

async function takeReply(inbox: Inbox, option: number): Promise<OptionReply> {
  const head = await inbox.take(optionReplyBytes)
  if (head.readBigUInt64BE(0) !== optionReplyMagic) throw broken('an option reply has the wrong magic')
  if (head.readUInt32BE(8) !== option) throw broken('it answers an option that was not sent')
  const lengthBytes = head.readUInt32BE(16)
  if (lengthBytes > replyLimitBytes) throw broken(`an option reply has ${lengthBytes} bytes`)
  return { type: head.readUInt32BE(12), data: await inbox.take(lengthBytes) }
}

async function askContexts(wire: Wire, exportName: string, wanted: readonly string[]): Promise<Map<string, number>> {
  const replies = await ask(wire, options.setMetaContext, encodeContexts(exportName, wanted))
  const granted = replies.filter(({ type, data }) => type === optionReplies.metaContext && data.length >= 4)
  return new Map(granted.map(({ data }) => [data.toString('utf8', 4), data.readUInt32BE(0)]))
}

function needAccepted(replies: readonly OptionReply[], exportName: string): readonly OptionReply[] {
  const refusal = replies.find(isError)
  if (refusal === undefined) return replies
  const reason = printable(refusal.data) || `error ${refusal.type - optionReplies.errorBit}`
  throw new Failure('disk-unreadable', `The NBD server refuses export ${JSON.stringify(exportName)}: ${reason}`)
}

function parseInfos(replies: readonly OptionReply[]) {
  const found = replies.filter(({ type, data }) => type === optionReplies.info && data.length >= 2)
  const info = (kind: number, lengthBytes: number): Buffer | undefined =>
    found.find(({ data }) => data.readUInt16BE(0) === kind && data.length >= lengthBytes)?.data
  const about = info(infos.export, 12)
  const sizes = info(infos.blockSize, 14)
  if (about === undefined) throw broken('it does not tell the size of the export')
  const sizeBytes = Number(about.readBigUInt64BE(2))
  if (!Number.isSafeInteger(sizeBytes)) throw broken(`the export is said to have ${sizeBytes} bytes`)
  return { sizeBytes, flags: about.readUInt16BE(10), ...parseBlockSizes(sizes) }
}

function parseBlockSizes(sizes: Buffer | undefined) {
  const minBlockBytes = sizes?.readUInt32BE(2) ?? 1
  const maxBlockBytes = Math.min(sizes?.readUInt32BE(10) ?? defaultMaxBlockBytes, defaultMaxBlockBytes)
  const sound = minBlockBytes > 0 && minBlockBytes <= maxMinBlockBytes && (minBlockBytes & (minBlockBytes - 1)) === 0
  if (!sound || maxBlockBytes < minBlockBytes) throw broken(`blocks of ${minBlockBytes} to ${maxBlockBytes} bytes`)
  return { minBlockBytes, maxBlockBytes: maxBlockBytes - (maxBlockBytes % minBlockBytes) }
}

function isError(reply: OptionReply): boolean {
  return reply.type >= optionReplies.errorBit
}

/** Texts of a server end up in logs: without control characters, and short. */
export function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').replaceAll(/\p{C}/gu, ' ').slice(0, 200)
}

export function broken(what: string): Failure {
  return new Failure('disk-unreadable', `The NBD server breaks the protocol: ${what}`)
}
