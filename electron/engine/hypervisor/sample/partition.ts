const sectorBytes = 512
const linux = 0x83

/** A master boot record with one Linux partition and no boot code. Offsets and sizes are whole sectors below 2 TiB. */
export function encodePartitionTable(diskSignature: number, startBytes: number, sizeBytes: number): Buffer {
  const record = Buffer.alloc(sectorBytes)
  record.writeUInt32LE(diskSignature, 440)
  // Cylinders, heads and sectors are past what they can tell: readers take the sector numbers behind them.
  record.set([0, 0xfe, 0xff, 0xff, linux, 0xfe, 0xff, 0xff], 446)
  record.writeUInt32LE(startBytes / sectorBytes, 454)
  record.writeUInt32LE(sizeBytes / sectorBytes, 458)
  record.writeUInt16LE(0xaa55, 510)
  return record
}
