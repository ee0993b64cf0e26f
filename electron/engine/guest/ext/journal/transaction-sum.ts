/**
 * The sum that a commit keeps of its transaction in journals of ext3 and early ext4 (`journal_checksum` without `metadata_csum`):
 * CRC-32 with the polynomial 0x04C11DB7, highest bit first, begun with `0xffffffff` and not inverted.
 */
export function transactionSum(state: number, bytes: Uint8Array): number {
  let crc = state
  for (const byte of bytes) crc = ((crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  return crc
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

export const emptySum = 0xffffffff

const crc32Kind = 1
const crc32Bytes = 4

/** Whether a commit's own sum is that of its transaction; a commit without any says so with zeroes. */
export function isTransactionSound(commit: Buffer, sum: number): boolean {
  const [kind, size, told] = [commit.readUInt8(0xc), commit.readUInt8(0xd), commit.readUInt32BE(0x10)]
  if (kind === 0 && size === 0 && told === 0) return true
  return kind === crc32Kind && size === crc32Bytes && told === sum
}
