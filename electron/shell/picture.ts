import { crc32, deflateSync } from 'node:zlib'
import type { Light } from './overview.ts'

/** The console's sign in the colour and with the mark of a state: colour alone does not tell it. Square, as a PNG. */
export function signOf(light: Light, sizePx: number): Buffer {
  const pixels = Buffer.alloc(sizePx * sizePx * 4)
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) pixels.set(pixelAt(light, x, y, sizePx), (y * sizePx + x) * 4)
  }
  return png(pixels, sizePx)
}

type Colour = readonly [red: number, green: number, blue: number]

const grounds: Readonly<Record<Light, Colour>> = {
  starting: [0x3b, 0x5b, 0xdb],
  nothing: [0x3b, 0x5b, 0xdb],
  protected: [0x2b, 0x8a, 0x3e],
  'at-risk': [0xd9, 0x6b, 0x00],
  unprotected: [0xc9, 0x2a, 0x2a],
  'engine-dead': [0x49, 0x50, 0x57],
}

/** Each pixel is looked at in a grid of so many points by so many. */
const samples = 4

function pixelAt(light: Light, x: number, y: number, sizePx: number): readonly [number, number, number, number] {
  let ground = 0
  let mark = 0
  for (let sample = 0; sample < samples * samples; sample++) {
    const u = (x + ((sample % samples) + 0.5) / samples) / sizePx
    const v = (y + (Math.floor(sample / samples) + 0.5) / samples) / sizePx
    if (!isOnGround(u - 0.5, v - 0.5)) continue
    ground++
    if (marks[light](u - 0.5, v - 0.5)) mark++
  }
  const white = ground === 0 ? 0 : mark / ground
  const [red, green, blue] = grounds[light].map((part) => Math.round(part + (255 - part) * white)) as [
    number,
    number,
    number,
  ]
  return [red, green, blue, Math.round((ground / (samples * samples)) * 255)]
}

type Shape = (x: number, y: number) => boolean

/** A square of side 1 around the middle, its corners rounded. */
function isOnGround(x: number, y: number): boolean {
  const radius = 0.22
  const far = Math.hypot(Math.max(Math.abs(x) - 0.5 + radius, 0), Math.max(Math.abs(y) - 0.5 + radius, 0))
  return far <= radius
}

const ring: Shape = (x, y) => Math.abs(Math.hypot(x, y) - 0.265) < 0.045
const dot: Shape = (x, y) => Math.hypot(x, y) < 0.1
const call: Shape = (x, y) => Math.abs(x) < 0.06 && ((y > -0.32 && y < 0.1) || (y > 0.2 && y < 0.32))
const cross: Shape = (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.28 && Math.abs(Math.abs(x) - Math.abs(y)) < 0.08
const bar: Shape = (x, y) => Math.abs(x) < 0.3 && Math.abs(y) < 0.06

const marks: Readonly<Record<Light, Shape>> = {
  starting: ring,
  nothing: (x, y) => ring(x, y) || dot(x, y),
  protected: (x, y) => ring(x, y) || dot(x, y),
  'at-risk': call,
  unprotected: cross,
  'engine-dead': bar,
}

/** PNG (ISO/IEC 15948): 8 bits of red, green, blue and opacity; no row is filtered. */
function png(pixels: Buffer, sizePx: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(sizePx, 0)
  header.writeUInt32BE(sizePx, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Buffer.alloc(sizePx * (sizePx * 4 + 1))
  for (let y = 0; y < sizePx; y++) pixels.copy(rows, y * (sizePx * 4 + 1) + 1, y * sizePx * 4, (y + 1) * sizePx * 4)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    part('IHDR', header),
    part('IDAT', deflateSync(rows, { level: 9 })),
    part('IEND', Buffer.alloc(0)),
  ])
}

function part(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(body.length, 0)
  named.copy(framed, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}
