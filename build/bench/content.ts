import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { KiB, MiB } from '../../shared/units.ts'
import { randomBytesOf, randomOf } from './random.ts'

const words =
  'account address amount archive balance batch branch carrier client contract currency customer delivery discount document entry factory freight invoice item ledger limit market offer office order parcel payment period person place price product project quantity quarter rebate receipt region return route sample season serial service session shipment station status stock store supplier tariff ticket total transfer unit vendor volume warehouse weight zone'.split(
    ' ',
  )

/** Half-filled database pages of 8 KiB: row headers, words, a little noise. */
export function databasePages(file: string, sizeBytes: number): void {
  const random = randomOf(7)
  write(file, sizeBytes, 8 * KiB, (index) => {
    const page = Buffer.alloc(8 * KiB)
    page.writeUInt32LE(index, 0)
    const noise = randomBytesOf(100_000 + index, 8 * KiB)
    const limit = 4500 + Math.floor(random() * 3400)
    for (let at = 24; at < limit; ) {
      noise.copy(page, at, at, at + 32)
      at += 32 + page.write(`${wordsOf(random, 6)}\0`, Math.min(at + 32, limit))
    }
    return page
  })
}

/** An access log: the kind of text that shrinks to a fifth. */
export function accessLog(file: string, sizeBytes: number): void {
  const random = randomOf(11)
  let seconds = 1_700_000_000
  write(file, sizeBytes, MiB, () => {
    const lines: string[] = []
    for (let length = 0; length < MiB; length += lines.at(-1)?.length ?? 0) {
      seconds += Math.floor(random() * 4)
      const whole = (limit: number): number => Math.floor(random() * limit)
      const client = `10.0.${whole(8)}.${whole(40)}`
      lines.push(
        `${client} - - [${seconds}] "GET /${wordsOf(random, 2).replace(' ', '/')}?id=${whole(1 << 24)} HTTP/1.1" 200 ${whole(16384)} "-" "Mozilla/5.0" ${randomHex(random)}\n`,
      )
    }
    return Buffer.from(lines.join('').slice(0, MiB))
  })
}

/** Media files: nothing shrinks. */
export function media(folder: string, sizesMiB: readonly number[]): void {
  mkdirSync(folder, { recursive: true })
  for (const [at, sizeMiB] of sizesMiB.entries()) {
    const unit = 1 * MiB
    write(path.join(folder, `media-${at}.bin`), sizeMiB * MiB, unit, (index) =>
      randomBytesOf(1 + at * 1000 + index, unit),
    )
  }
}

function write(file: string, sizeBytes: number, unitBytes: number, make: (index: number) => Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const handle = openSync(file, 'w')
  try {
    for (let index = 0; index * unitBytes < sizeBytes; index++) writeSync(handle, make(index))
  } finally {
    closeSync(handle)
  }
}

function wordsOf(random: () => number, count: number): string {
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ')
}

function randomHex(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
    .repeat(2)
}
