import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { attributeTypes } from './attribute.ts'
import { factsOf, factsWanted, reparseOf } from './facts.ts'
import { damaged, u32 } from './fields.ts'
import type { Mft } from './mft.ts'
import { type FileNode, loadNode, refOf, residentOf, streamOf, type Wanted } from './node.ts'
import type { FileReference } from './record.ts'
import type { Reparse } from './reparse.ts'
import { type Stream, streamDisk } from './stream.ts'
import { packedStreamName, unpackedDisk } from './wof.ts'

/** Offline, and the two that have a filter fetch the bytes when they are asked for (MS-FSCC 2.6). */
const elsewhereBits = 0x1000 | 0x40000 | 0x400000

/** The bytes of a file or of one of its streams. Fails as `FileSystem.open` does. */
export async function openContent(
  mft: Mft,
  at: FileReference,
  stream: string | undefined,
  signal: AbortSignal,
): Promise<ReadableDisk> {
  const wanted: Wanted = ({ type, name }) =>
    type === attributeTypes.standardInformation ||
    type === attributeTypes.reparsePoint ||
    (type === attributeTypes.data && (name === (stream ?? '') || name === packedStreamName))
  const node = await loadNode(mft, at, wanted, signal)
  if (stream !== undefined) return streamDisk(mft.medium, needStream(mft, node, stream))
  const { kind } = await factsOf(mft, await loadNode(mft, at, factsWanted, signal), signal)
  if (kind !== 'file') throw new Failure('invalid-argument', `${refOf(at)} is no file`)
  return openData(mft, node, await reparseOf(mft, node, signal))
}

function needStream(mft: Mft, node: FileNode, name: string): Stream {
  const stream = streamOf(mft, node, attributeTypes.data, name)
  if (stream === undefined)
    throw new Failure('file-not-found', `file ${refOf(node)} has no stream ${JSON.stringify(name)}`)
  return stream
}

function openData(mft: Mft, node: FileNode, reparse: Reparse | undefined): ReadableDisk {
  const stream = needStream(mft, node, '')
  if (reparse?.kind === 'packed') {
    const packed = streamDisk(mft.medium, needStream(mft, node, packedStreamName))
    return unpackedDisk(packed, reparse.packing, stream.sizes.sizeBytes)
  }
  const told = reparse === undefined ? undefined : toldElsewhere(node, reparse)
  if (told !== undefined && stream.sizes.sizeBytes > 0) throw new Failure('volume-unsupported', told)
  return streamDisk(mft.medium, stream)
}

/**
 * Why the bytes here are not the file's. Deduplication, clouds and archives leave a hole where a file's bytes were: read as it lies
 * there it would be zeroes.
 */
function toldElsewhere(node: FileNode, reparse: Reparse): string | undefined {
  if (reparse.kind === 'elsewhere') return reparse.told
  if (reparse.kind !== 'unknown') return undefined
  const standard = residentOf(node, attributeTypes.standardInformation)
  if (standard === undefined) throw damaged('a file without standard information')
  const isSparse = node.attributes.some((attribute) => attribute.type === attributeTypes.data && attribute.isSparse)
  if (!isSparse && (u32(standard, 32) & elsewhereBits) === 0) return undefined
  return `its bytes are kept elsewhere, by what Windows calls reparse tag 0x${reparse.tag.toString(16)}`
}
