import { type HeaderSource, hostile, type ImageInfo, needSafe, quote, readHeader, refuse } from './header.ts'

/** Source: QEMU's docs/interop/qcow2.txt. */
const magic = 0x514649fb
const extensionIds = { end: 0, dataFile: 0x44415441, encryption: 0x0537be77 } as const

/** Incompatible features that are safe to serve: dirty refcounts, compression type, extended L2. */
const served = 0b11001n
const corruptBit = 1n << 1n
const dataFileBit = 1n << 2n

const version2HeaderBytes = 72
const version3HeaderBytes = 104
const nameLimitBytes = 1023
const extensionLimit = 64
/** QEMU's own limit of 32 MiB for the first-level table. */
const tableLimit = 2 ** 22

export async function parseQcow2(source: HeaderSource, backingAllowed: boolean): Promise<ImageInfo> {
  const head = await readHeader(source, 0, version2HeaderBytes)
  if (head.readUInt32BE(0) !== magic) throw refuse('not a qcow2 image')
  const version = head.readUInt32BE(4)
  if (version !== 2 && version !== 3) throw refuse(`qcow2 version ${version} is not known`)
  if (head.readUInt32BE(32) !== 0) throw refuse('encrypted qcow2 images cannot be read')
  needSoundTables(head)
  if (version === 3) await checkVersion3(source)
  const backingFile = await readBacking(source, head)
  if (backingFile !== undefined && !backingAllowed) throw hostile(`it has a backing file, ${quote(backingFile)}`)
  return {
    sizeBytes: needSafe(head.readBigUInt64BE(24), 'a size'),
    qcow2Version: version,
    rewritable: true,
    ...(backingFile === undefined ? {} : { backingFile }),
  }
}

function needSoundTables(head: Buffer): void {
  const clusterBits = head.readUInt32BE(20)
  if (clusterBits < 9 || clusterBits > 21) throw refuse(`clusters of 2^${clusterBits} bytes`)
  const entries = head.readUInt32BE(36)
  const neededEntries = head.readBigUInt64BE(24) >> BigInt(clusterBits * 2 - 3)
  if (entries > tableLimit || BigInt(entries) < neededEntries) throw refuse(`a first-level table of ${entries} entries`)
}

async function checkVersion3(source: HeaderSource): Promise<void> {
  const head = await readHeader(source, 0, version3HeaderBytes)
  const incompatible = head.readBigUInt64BE(72)
  if ((incompatible & dataFileBit) !== 0n) throw hostile('its data lies in another file')
  if ((incompatible & corruptBit) !== 0n) throw refuse('the image is marked as corrupt')
  if ((incompatible & ~served) !== 0n) throw refuse(`incompatible features 0x${incompatible.toString(16)}`)
  const headerBytes = head.readUInt32BE(100)
  const clusterBytes = 2 ** head.readUInt32BE(20)
  if (headerBytes < version3HeaderBytes || headerBytes > clusterBytes || headerBytes % 8 !== 0) {
    throw refuse(`a header of ${headerBytes} bytes`)
  }
  await checkExtensions(source, headerBytes, clusterBytes)
}

async function checkExtensions(source: HeaderSource, start: number, end: number): Promise<void> {
  let at = start
  for (let seen = 0; at + 8 <= end; seen++) {
    const head = await source.read(at, 8)
    const id = head.length < 8 ? extensionIds.end : head.readUInt32BE(0)
    if (id === extensionIds.end) return
    if (id === extensionIds.dataFile) throw hostile('it names an external data file')
    if (id === extensionIds.encryption) throw refuse('encrypted qcow2 images cannot be read')
    if (seen === extensionLimit) throw refuse('its header extensions do not end')
    at += 8 + Math.ceil(head.readUInt32BE(4) / 8) * 8
  }
  if (at > end) throw refuse('its header extensions run out of the header')
}

async function readBacking(source: HeaderSource, head: Buffer): Promise<string | undefined> {
  const offset = head.readBigUInt64BE(8)
  const lengthBytes = head.readUInt32BE(16)
  if (offset === 0n && lengthBytes === 0) return undefined
  if (lengthBytes > nameLimitBytes) throw hostile(`it has a backing file with a name of ${lengthBytes} bytes`)
  return (await source.read(needSafe(offset, 'an offset'), lengthBytes)).toString('utf8')
}
