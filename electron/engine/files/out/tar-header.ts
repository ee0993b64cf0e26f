import type { GuestTime } from '../../guest/guest.ts'
import { nameToBytes } from '../../guest/names.ts'

/**
 * Headers of tar as POSIX has them (pax, IEEE Std 1003.1 "pax Interchange Format"): a ustar block, and before it an extended one
 * for what does not fit there. Names are bytes: those that are no UTF-8 are told by `hdrcharset`.
 */
export type TarEntry = {
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link'
  readonly path: string
  /** Of a link, or the first name of a hard link. */
  readonly target?: string | undefined
  readonly sizeBytes: number
  readonly mode: number
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly modifiedAt: GuestTime | undefined
}

export const blockBytes = 512

/** After the last entry. */
export const tarEnd = new Uint8Array(2 * blockBytes)

const types: Readonly<Record<TarEntry['kind'], string>> = { file: '0', 'hard-link': '1', link: '2', folder: '5' }

export function tarHeader(entry: TarEntry): Uint8Array {
  const path = Buffer.from(nameToBytes(entry.kind === 'folder' ? `${entry.path}/` : entry.path))
  const target = Buffer.from(nameToBytes(entry.target ?? ''))
  const more = extended(entry, path, target)
  const own = block(entry, path, target, types[entry.kind])
  if (more.length === 0) return own
  const about = { ...entry, sizeBytes: more.length, mode: 0o644 }
  const head = block(about, Buffer.from('PaxHeader'), Buffer.alloc(0), 'x')
  return Buffer.concat([head, more, padding(more.length), own])
}

/** What fills the last block of so many bytes. */
export function padding(bytes: number): Uint8Array {
  return new Uint8Array((blockBytes - (bytes % blockBytes)) % blockBytes)
}

const nameLimit = 100
const mostSize = 8 ** 11 - 1
const mostId = 8 ** 7 - 1
const nanoseconds = 1_000_000_000n

function extended(entry: TarEntry, path: Buffer, target: Buffer): Buffer {
  const { sizeBytes, uid = 0, gid = 0, modifiedAt = 0n } = entry
  const isPlain = isUtf8(path) && isUtf8(target)
  const isWhole = Number(modifiedAt / nanoseconds) === clampedSeconds(modifiedAt) && modifiedAt % nanoseconds === 0n
  return Buffer.concat([
    ...(isPlain ? [] : [record('hdrcharset', 'BINARY')]),
    ...(isLong(path) ? [record('path', path)] : []),
    ...(isLong(target) ? [record('linkpath', target)] : []),
    ...(sizeBytes > mostSize ? [record('size', String(sizeBytes))] : []),
    ...(uid > mostId ? [record('uid', String(uid))] : []),
    ...(gid > mostId ? [record('gid', String(gid))] : []),
    ...(isWhole ? [] : [record('mtime', decimal(modifiedAt))]),
  ])
}

/** Anything but ASCII goes there too: a ustar block has no say in what its bytes mean. */
function isLong(name: Buffer): boolean {
  return name.length > nameLimit || name.some((byte) => byte > 0x7f)
}

function isUtf8(name: Buffer): boolean {
  return name.equals(Buffer.from(name.toString()))
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function record(key: string, value: Uint8Array | string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as Uint8Array), Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function decimal(time: GuestTime): string {
  const size = time < 0n ? -time : time
  const fraction = String(size % nanoseconds).padStart(9, '0')
  return `${time < 0n ? '-' : ''}${size / nanoseconds}.${fraction}`
}

function clampedSeconds(time: GuestTime): number {
  return Math.min(Math.max(Number(time / nanoseconds), 0), mostSize)
}

function block(entry: TarEntry, path: Buffer, target: Buffer, type: string): Buffer {
  const bytes = Buffer.alloc(blockBytes)
  path.copy(bytes, 0, 0, nameLimit)
  octal(bytes, 100, 8, entry.mode)
  octal(bytes, 108, 8, Math.min(entry.uid ?? 0, mostId))
  octal(bytes, 116, 8, Math.min(entry.gid ?? 0, mostId))
  octal(bytes, 124, 12, Math.min(entry.sizeBytes, mostSize))
  octal(bytes, 136, 12, clampedSeconds(entry.modifiedAt ?? 0n))
  bytes.write(type, 156)
  target.copy(bytes, 157, 0, nameLimit)
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.fill(' ', 148, 156)
  octal(
    bytes,
    148,
    7,
    bytes.reduce((sum, byte) => sum + byte, 0),
  )
  return bytes
}

function octal(bytes: Buffer, at: number, width: number, value: number): void {
  bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
}
