import { Bits } from './bits.ts'
import { damaged, slice } from './fields.ts'
import { huffmanCode, repeat, takeSymbol } from './huffman.ts'

const tableBytes = 256

/** Unpacks one chunk of at most 64 KiB (MS-XCA 2.2, LZ77 with Huffman). Fails with `file-system-damaged` for what that cannot be. */
export function unpackXpress(packed: Buffer, sizeBytes: number): Buffer {
  const code = huffmanCode(codeLengths(slice(packed, 0, tableBytes)))
  const bits = new Bits(packed.subarray(tableBytes))
  const into = Buffer.alloc(sizeBytes)
  for (let to = 0; to < sizeBytes; ) {
    const symbol = takeSymbol(bits, code)
    // The bytes of a length lie behind the word that is loaded now.
    bits.ensure(16)
    if (symbol < 256) into[to++] = symbol
    else {
      const lengthBytes = takeLength(bits, symbol & 15)
      const farBits = (symbol - 256) >> 4
      to = repeat(into, to, 2 ** farBits + bits.take(farBits), lengthBytes)
    }
  }
  return into
}

/** Four bits for each of 512 symbols. */
function codeLengths(table: Buffer): Uint8Array {
  return Uint8Array.from({ length: tableBytes * 2 }, (_, symbol) => {
    const pair = table[symbol >> 1] ?? 0
    return symbol % 2 === 0 ? pair & 15 : pair >> 4
  })
}

function takeLength(bits: Bits, told: number): number {
  if (told < 15) return told + 3
  const more = bits.bytes(1).readUInt8()
  if (more < 255) return more + 15 + 3
  const all = bits.bytes(2).readUInt16LE()
  if (all < 15) throw damaged('a length that is told the long way')
  return all + 3
}
