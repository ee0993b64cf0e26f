const polynomial = 0x82f63b78

/** Eight tables of 256: the n-th moves a byte through n more zero bytes, so that eight bytes are taken at a time ("slicing-by-8"). */
const tables = makeTables()

function makeTables(): Uint32Array {
  const made = new Uint32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] ?? 0
    made[at] = (before >>> 8) ^ (made[before & 0xff] ?? 0)
  }
  return made
}

const at = (table: number, byte: number): number => tables[table * 256 + (byte & 0xff)] ?? 0

/**
 * CRC-32C (Castagnoli, RFC 3720 §B.4) as a register: takes its state before `bytes` and gives it after them, with nothing inverted
 * on the way, as ext4 and jbd2 keep it. The checksum of the RFC, and of XFS, begins with `0xffffffff` and inverts the end:
 * `~crc32c(0xffffffff, bytes) >>> 0`.
 */
export function crc32c(state: number, bytes: Uint8Array): number {
  let crc = state >>> 0
  const whole = bytes.length - (bytes.length % 8)
  for (let i = 0; i < whole; i += 8) {
    const low = crc ^ word(bytes, i)
    const high = word(bytes, i + 4)
    crc =
      at(7, low) ^
      at(6, low >>> 8) ^
      at(5, low >>> 16) ^
      at(4, low >>> 24) ^
      at(3, high) ^
      at(2, high >>> 8) ^
      at(1, high >>> 16) ^
      at(0, high >>> 24)
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ at(0, crc ^ (bytes[i] ?? 0))
  return crc >>> 0
}

function word(bytes: Uint8Array, i: number): number {
  return (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)
}
