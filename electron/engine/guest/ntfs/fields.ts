import { Failure } from '../../../../shared/failure.ts'

/** Little-endian fields of a structure on the disk. All fail with `file-system-damaged` where the structure ends too early. */
export function u8(bytes: Buffer, at: number): number {
  return slice(bytes, at, 1).readUInt8()
}

export function u16(bytes: Buffer, at: number): number {
  needWithin(bytes, at, 2)
  return bytes.readUInt16LE(at)
}

export function u32(bytes: Buffer, at: number): number {
  needWithin(bytes, at, 4)
  return bytes.readUInt32LE(at)
}

/** Fails too where the number is none that can be counted with exactly: nothing on a disk is so large or lies so far. */
export function u64(bytes: Buffer, at: number): number {
  const value = big64(bytes, at)
  if (value > Number.MAX_SAFE_INTEGER) throw damaged(`${value} is beyond every size`)
  return Number(value)
}

export function big64(bytes: Buffer, at: number): bigint {
  needWithin(bytes, at, 8)
  return bytes.readBigUInt64LE(at)
}

export function slice(bytes: Buffer, at: number, lengthBytes: number): Buffer {
  needWithin(bytes, at, lengthBytes)
  return bytes.subarray(at, at + lengthBytes)
}

/** UTF-16 as it stands: a lone surrogate stays one. */
export function text16(bytes: Buffer, at: number, units: number): string {
  return slice(bytes, at, units * 2).toString('utf16le')
}

export function damaged(message: string, cause?: unknown): Failure {
  return new Failure('file-system-damaged', message, { cause })
}

/** Whether this says what the disk holds, and not that it could not be read at all. */
export function isDamage(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.code === 'file-system-damaged'
}

function needWithin(bytes: Buffer, at: number, lengthBytes: number): void {
  if (at < 0 || at + lengthBytes > bytes.length) throw damaged(`a structure ends before its byte ${at + lengthBytes}`)
}
