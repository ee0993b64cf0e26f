import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryDisk } from '../../disk/memory.ts'
import { readGeometry } from './boot.ts'

const signal = new AbortController().signal
const sizeBytes = 64 * 1024 * 1024

function bootSector(sectorBytes: number, sectorsPerCluster: number, record: number): Buffer {
  const sector = Buffer.alloc(512)
  sector.write('NTFS    ', 3)
  sector.writeUInt16LE(sectorBytes, 11)
  sector.writeUInt8(sectorsPerCluster, 13)
  sector.writeBigUInt64LE(BigInt(Math.floor(sizeBytes / sectorBytes) - 1), 40)
  sector.writeBigUInt64LE(4n, 48)
  sector.writeBigUInt64LE(2n, 56)
  sector.writeUInt8(record, 64)
  sector.writeBigUInt64LE(0x0123456789abcdefn, 72)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}

async function diskWith(sector: Buffer, at = 0) {
  const disk = memoryDisk(sizeBytes)
  await disk.write(at, sector, signal)
  return disk
}

test('cluster sizes up to 2 MiB are told in sectors or, negative, in powers of two of them', async () => {
  for (const [sectorBytes, told, clusterBytes] of [
    [512, 1, 512],
    [512, 128, 65_536],
    [512, 0xf8, 131_072],
    [512, 0xf4, 2_097_152],
    [4096, 1, 4096],
    [4096, 0xf7, 2_097_152],
  ] as const) {
    const { geometry, isBackup } = await readGeometry(await diskWith(bootSector(sectorBytes, told, 0xf6)), signal)
    assert.equal(geometry.clusterBytes, clusterBytes)
    assert.equal(geometry.clusters, Math.floor((sizeBytes - sectorBytes) / clusterBytes))
    assert.equal(geometry.recordBytes, 1024)
    assert.equal(geometry.serial, '0123456789ABCDEF')
    assert.equal(isBackup, false)
  }
})

test('the copy in the last sector is found for sectors of 512 and of 4096 bytes', async () => {
  for (const sectorBytes of [512, 4096]) {
    const disk = await diskWith(bootSector(sectorBytes, 1, 0xf6), sizeBytes - sectorBytes)
    assert.equal((await readGeometry(disk, signal)).isBackup, true)
  }
})

test('what cannot be is damage, and what is no NTFS is unsupported', async () => {
  const codeOf = (sector: Buffer) => diskWith(sector).then((disk) => readGeometry(disk, signal))
  for (const sector of [
    bootSector(512, 3, 0xf6),
    bootSector(513, 1, 0xf6),
    bootSector(512, 8, 0x80),
    bootSector(4096, 0xf0, 0xf6),
  ]) {
    await assert.rejects(codeOf(sector), { code: 'file-system-damaged' })
  }
  await assert.rejects(codeOf(Buffer.alloc(512)), { code: 'volume-unsupported' })
})
