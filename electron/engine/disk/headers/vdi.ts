import { type HeaderSource, hostile, type ImageInfo, needSafe, readHeader, refuse } from './header.ts'

/** Source: VirtualBox's VDICore.h, block/vdi.c of QEMU. All little-endian. */
const signature = 0xbeda107f
const version = 0x00010001
const headerBytes = 512
const types = { dynamic: 1, fixed: 2, undo: 3, differencing: 4 } as const
const uuids = { link: 424, parent: 440, lengthBytes: 16 } as const

export async function parseVdi(source: HeaderSource): Promise<ImageInfo> {
  const head = await readHeader(source, 0, headerBytes)
  if (head.readUInt32LE(64) !== signature) throw refuse('not a VDI image')
  if (head.readUInt32LE(68) !== version)
    throw refuse(`VDI version 0x${head.readUInt32LE(68).toString(16)} is not known`)
  const type = head.readUInt32LE(76)
  if (type === types.differencing || type === types.undo) throw hostile('it is a difference to another image')
  if (type !== types.dynamic && type !== types.fixed) throw refuse(`VDI type ${type} is not known`)
  if (isSet(head, uuids.link) || isSet(head, uuids.parent)) throw hostile('it names a parent image')
  return { sizeBytes: needSafe(head.readBigUInt64LE(368), 'a size'), rewritable: true }
}

function isSet(head: Buffer, offset: number): boolean {
  return head.subarray(offset, offset + uuids.lengthBytes).some((byte) => byte !== 0)
}
