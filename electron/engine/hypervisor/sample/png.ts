import { crc32, deflateSync } from 'node:zlib'

export type Pixel = readonly [red: number, green: number, blue: number]

/** A true-colour PNG (W3C Portable Network Graphics, third edition), eight bits a sample, unfiltered. */
export function encodePng(width: number, height: number, pixelAt: (x: number, y: number) => Pixel): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8)
  const rows = Array.from({ length: height }, (_row, y) => [
    0,
    ...Array.from({ length: width }, (_column, x) => pixelAt(x, y)).flat(),
  ])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const record = Buffer.alloc(typed.length + 8)
  record.writeUInt32BE(data.length, 0)
  typed.copy(record, 4)
  record.writeUInt32BE(crc32(typed), typed.length + 4)
  return record
}
