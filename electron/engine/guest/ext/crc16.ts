/** CRC-16 with the reflected polynomial 0xA001 (CRC-16/ARC) as a register, nothing inverted: of descriptors under `gdt_csum`. */
export function crc16(state: number, bytes: Uint8Array): number {
  let crc = state
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}
