import type { FileEntry } from '../../../../shared/files.ts'
import type { FileFacts, GuestTime } from '../guest.ts'
import { type Attribute, attributeTypes } from './attribute.ts'
import { big64, damaged, u32 } from './fields.ts'
import { parseFileName } from './file-name.ts'
import { interixBytes, parseInterix } from './interix.ts'
import type { Mft } from './mft.ts'
import { type FileNode, residentOf, streamOf, type Wanted } from './node.ts'
import { mostReparseBytes, parseReparse, type Reparse } from './reparse.ts'
import { readStream } from './stream.ts'
import { packedStreamName } from './wof.ts'

const factTypes: readonly number[] = [
  attributeTypes.standardInformation,
  attributeTypes.fileName,
  attributeTypes.data,
  attributeTypes.reparsePoint,
]

/** Attribute records that `factsOf` needs. Of a fragmented stream only the first: it says the sizes of all. */
export const factsWanted: Wanted = ({ type, firstVcn }) => firstVcn === 0 && factTypes.includes(type)

/** Fails with `file-system-damaged`. */
export async function factsOf(mft: Mft, node: FileNode, signal: AbortSignal): Promise<FileFacts> {
  const standard = parseStandard(node)
  const reparse = await reparseOf(mft, node, signal)
  const data = node.attributes.filter(({ type }) => type === attributeTypes.data)
  const unnamed = data.find(({ name }) => name === '')
  const packed = reparse?.kind === 'packed' ? data.find(({ name }) => name === packedStreamName) : undefined
  const streams = data.filter((stream) => stream.name !== '' && stream !== packed)
  return {
    ...(await kindOf(mft, node, standard.attributes, reparse, signal)),
    ...(unnamed === undefined ? {} : { allocatedBytes: takenBytes(packed ?? unnamed) }),
    ...standard.times,
    links: namesOf(node),
    attributes: shownAttributes(standard.attributes, reparse),
    streams: streams.map((stream) => ({ name: stream.name, sizeBytes: sizeOf(stream) })),
  }
}

const attributeBits: ReadonlyMap<number, NonNullable<FileEntry['attributes']>[number]> = new Map([
  [0x1, 'read-only'],
  [0x2, 'hidden'],
  [0x4, 'system'],
  [0x20, 'archive'],
  [0x200, 'sparse'],
  [0x400, 'reparse-point'],
  [0x800, 'compressed'],
  [0x4000, 'encrypted'],
])
const systemBit = 0x4

function parseStandard(node: FileNode) {
  const value = residentOf(node, attributeTypes.standardInformation)
  if (value === undefined) throw damaged('a file without standard information')
  const [createdAt, modifiedAt, changedAt, accessedAt] = [0, 8, 16, 24].map((at) => timeOf(big64(value, at)))
  return {
    attributes: u32(value, 32),
    times: {
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(modifiedAt === undefined ? {} : { modifiedAt }),
      ...(changedAt === undefined ? {} : { changedAt }),
      ...(accessedAt === undefined ? {} : { accessedAt }),
    },
  }
}

/** Tenths of a microsecond from 1601 to 1970. */
const before1970 = 116_444_736_000_000_000n

/** Zero says that it was never set. */
function timeOf(tenths: bigint): GuestTime | undefined {
  return tenths === 0n ? undefined : (BigInt.asIntN(64, tenths) - before1970) * 100n
}

/** As Windows shows them: that a filter packed a file is no affair of those who read it. */
function shownAttributes(bits: number, reparse: Reparse | undefined): NonNullable<FileFacts['attributes']> {
  const shown = [...attributeBits].flatMap(([bit, name]) => ((bits & bit) === 0 ? [] : [name]))
  if (reparse?.kind !== 'packed') return shown
  return [...shown.filter((name) => name !== 'reparse-point' && name !== 'sparse'), 'compressed']
}

/** Undefined where the file is none. Fails with `file-system-damaged`. */
export async function reparseOf(mft: Mft, node: FileNode, signal: AbortSignal): Promise<Reparse | undefined> {
  const stream = streamOf(mft, node, attributeTypes.reparsePoint, '')
  if (stream === undefined) return undefined
  return parseReparse(await readStream(mft.medium, stream, mostReparseBytes, signal))
}

type KindFacts = Pick<FileFacts, 'kind' | 'sizeBytes' | 'target' | 'device'>

async function kindOf(
  mft: Mft,
  node: FileNode,
  attributeBitsSet: number,
  reparse: Reparse | undefined,
  signal: AbortSignal,
): Promise<KindFacts> {
  if (reparse?.kind === 'link') return linkTo(reparse.target)
  if (node.isFolder) return { kind: 'folder', sizeBytes: 0 }
  if (reparse !== undefined && isSpecial(reparse.kind)) return { kind: reparse.kind, sizeBytes: 0 }
  const unnamed = node.attributes.find(({ type, name }) => type === attributeTypes.data && name === '')
  if (unnamed === undefined) throw damaged('a file without data')
  const sizeBytes = sizeOf(unnamed)
  const mayBeInterix = (attributeBitsSet & systemBit) !== 0 && reparse === undefined && isWithinInterix(sizeBytes)
  const special = mayBeInterix ? await interixOf(mft, node, signal) : undefined
  if (special?.target !== undefined) return linkTo(special.target)
  return special === undefined ? { kind: 'file', sizeBytes } : { ...special, sizeBytes: 0 }
}

function linkTo(target: string): KindFacts {
  return { kind: 'link', sizeBytes: Buffer.byteLength(target), target }
}

function isSpecial(kind: Reparse['kind']): kind is 'socket' | 'pipe' | 'char-device' | 'block-device' {
  return kind === 'socket' || kind === 'pipe' || kind === 'char-device' || kind === 'block-device'
}

function isWithinInterix(sizeBytes: number): boolean {
  return sizeBytes >= interixBytes.least && sizeBytes <= interixBytes.most
}

/** Nothing so short is ever fragmented over records; what is encrypted cannot be told. */
async function interixOf(mft: Mft, node: FileNode, signal: AbortSignal) {
  const stream = streamOf(mft, node, attributeTypes.data, '')
  if (stream === undefined || stream.content.kind === 'encrypted') return undefined
  return parseInterix(await readStream(mft.medium, stream, interixBytes.most, signal))
}

function sizeOf(attribute: Attribute): number {
  return attribute.kind === 'resident' ? attribute.value.length : (attribute.sizes?.sizeBytes ?? 0)
}

function takenBytes(attribute: Attribute): number {
  return attribute.kind === 'resident' ? 0 : (attribute.sizes?.takenBytes ?? 0)
}

/** Hard links; the short name of DOS is none of its own. */
function namesOf({ attributes }: FileNode): number {
  let names = 0
  for (const attribute of attributes) {
    if (attribute.type !== attributeTypes.fileName || attribute.kind !== 'resident') continue
    if (!parseFileName(attribute.value).isShort) names++
  }
  return names
}
