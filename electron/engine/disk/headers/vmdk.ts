import { KiB } from '../../../../shared/units.ts'
import { type HeaderSource, hostile, type ImageInfo, needSafe, quote, readHeader, refuse } from './header.ts'

/** Source: VMware's "Virtual Disk Format 5.0", block/vmdk.c of QEMU. All little-endian, places in sectors. */
const sectorBytes = 512
const textMagic = '# Disk DescriptorFile'
/** Where QEMU looks for the descriptor whatever the header says. */
const descriptorSector = 1
const descriptorLimitBytes = 64 * KiB
const footerBytesFromEnd = 1024
const atEnd = 0xffffffffffffffffn
const noParent = 'ffffffff'

const servedTypes = ['monolithicSparse', 'streamOptimized']

export async function parseVmdk(source: HeaderSource): Promise<ImageInfo> {
  const start = await source.read(0, textMagic.length)
  if (start.toString('latin1') === textMagic) throw hostile('its data lie in other files')
  const head = await readHeader(source, 0, sectorBytes)
  const sizeBytes = needSound(head)
  if (head.readBigUInt64LE(56) === atEnd) {
    const footer = await readHeader(source, source.sizeBytes - footerBytesFromEnd, sectorBytes)
    if (needSound(footer) !== sizeBytes) throw refuse('its header and its footer differ')
  }
  const lengthBytes = needSafe(head.readBigUInt64LE(36), 'a descriptor') * sectorBytes
  if (lengthBytes === 0 || lengthBytes > descriptorLimitBytes) throw refuse(`a descriptor of ${lengthBytes} bytes`)
  const type = checkDescriptor(
    (await readHeader(source, descriptorSector * sectorBytes, lengthBytes)).toString('latin1'),
  )
  return { sizeBytes, rewritable: type !== 'streamOptimized' }
}

/** A capacity of 0 would make QEMU take the embedded descriptor for one that names files. */
function needSound(head: Buffer): number {
  if (head.toString('latin1', 0, 4) !== 'KDMV') throw refuse('not a sparse VMDK image')
  if (head.readBigUInt64LE(28) !== BigInt(descriptorSector)) throw refuse('its descriptor is not where it belongs')
  const sectors = needSafe(head.readBigUInt64LE(12), 'a size')
  if (sectors === 0) throw hostile('it has no size of its own, so its data lie in other files')
  return sectors * sectorBytes
}

/** Answers the type. The one extent that is allowed is the file itself: readers do not look at the name that it gives. */
function checkDescriptor(text: string): string {
  if (/parentFileNameHint/i.test(text)) throw hostile('it names a parent image')
  const parent = /^\s*parentCID\s*=\s*(\S+)/im.exec(text)?.[1]
  if (parent !== undefined && parent.toLowerCase() !== noParent) throw hostile('it is a difference to another image')
  const type = /^\s*createType\s*=\s*"([^"]*)"/im.exec(text)?.[1] ?? ''
  if (!servedTypes.includes(type)) throw refuse(`VMDK type ${quote(type)} is not served`)
  const extents = text.match(/^\s*(RW|RDONLY|NOACCESS)\s.*$/gim) ?? []
  const foreign = extents.find((line) => !/^\s*RW\s+\d+\s+SPARSE\s/i.test(line)) ?? extents[1]
  if (foreign !== undefined) throw hostile(`its descriptor names another extent, ${quote(foreign)}`)
  return type
}
