import { KiB } from '../../../../shared/units.ts'
import type { Extents } from '../../disk/extents.ts'

/** Reads are noted in these: a repository tells changes in chunks of the same size, or of a multiple. */
const blockBytes = 128 * KiB

/** Changed ranges of disks, by their place in a list of names. */
export type ChangedRanges = readonly Extents[]

/** Which blocks of which disks were read, as numbers of disks in a list of names. */
export class ReadSet {
  readonly #disks: readonly string[]
  readonly #blocks: readonly Set<number>[]
  #isWhole = true

  constructor(disks: readonly string[]) {
    this.#disks = disks
    this.#blocks = disks.map(() => new Set())
  }

  get sizeBytes(): number {
    return this.#blocks.reduce((sum, { size }) => sum + size * blockBytes, 0)
  }

  add(disk: string, start: number, end: number): void {
    const blocks = this.#blocks[this.#disks.indexOf(disk)]
    if (blocks === undefined) this.#isWhole = false
    else for (let block = Math.floor(start / blockBytes); block * blockBytes < end; block++) blocks.add(block)
  }

  clear(): void {
    this.#isWhole = true
    for (const blocks of this.#blocks) blocks.clear()
  }

  /** Undefined where it says nothing: something was read that is in no list, or nothing at all. */
  encode(): Uint8Array | undefined {
    if (!this.#isWhole || this.#blocks.every(({ size }) => size === 0)) return undefined
    const out: number[] = []
    for (const blocks of this.#blocks) {
      putNumber(out, blocks.size)
      let last = 0
      for (const block of [...blocks].sort((a, b) => a - b)) {
        putNumber(out, block - last)
        last = block
      }
    }
    return Uint8Array.from(out)
  }

  ranges(): readonly (readonly [disk: number, start: number, end: number])[] {
    return this.#blocks.flatMap((blocks, disk) =>
      [...blocks].sort((a, b) => a - b).map((block) => [disk, block * blockBytes, (block + 1) * blockBytes] as const),
    )
  }
}

/** True when one of the blocks that `encode` wrote down lies in a changed range, also in part. */
export function meets(encoded: Uint8Array, changed: ChangedRanges): boolean {
  const from = { at: 0 }
  for (let disk = 0; from.at < encoded.length; disk++) {
    const extents = changed[disk] ?? []
    let block = 0
    for (let left = takeNumber(encoded, from); left > 0; left--) {
      block += takeNumber(encoded, from)
      if (isIn(extents, block * blockBytes, (block + 1) * blockBytes)) return true
    }
  }
  return false
}

function isIn(extents: Extents, start: number, end: number): boolean {
  let [low, high] = [0, extents.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((extents[middle]?.end ?? 0) <= start) low = middle + 1
    else high = middle
  }
  const first = extents[low]
  return first !== undefined && first.start < end
}

/** Seven bits a byte, the lowest first, as LEB128 has it; numbers may be larger than 32 bits. */
function putNumber(out: number[], value: number): void {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) + 0x80)
  out.push(rest)
}

function takeNumber(bytes: Uint8Array, from: { at: number }): number {
  let value = 0
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[from.at++] ?? 0
    value += (byte % 0x80) * scale
    if (byte < 0x80) return value
  }
}
