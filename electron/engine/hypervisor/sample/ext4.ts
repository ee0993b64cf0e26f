import {
  blockBytes,
  type Counts,
  type DirectoryEntry,
  encodeBitmap,
  encodeDirectory,
  encodeGroup,
  encodeInode,
  encodeSuperblock,
  firstFreeInode,
  fitsInode,
  type Inode,
  inodeBytes,
  rootInode,
  type Volume,
} from './ext4-records.ts'
import type { Entry } from './tree.ts'

export type Piece = { readonly offset: number; readonly bytes: Uint8Array }

/** One block group: its descriptor's block, its bitmaps and its inodes lie at the front, the files' blocks behind them. */
const inodeCount = 1024
const tables = { blockBitmap: 2, inodeBitmap: 3, inodeTable: 4 }
const firstDataBlock = tables.inodeTable + (inodeCount * inodeBytes) / blockBytes
const largestVolumeBytes = blockBytes * 8 * blockBytes

type Folder = Extract<Entry, { kind: 'folder' }>

/** An entry with its number; folders know those of their parent and of what lies in them. */
type Numbered = { readonly entry: Entry; readonly inode: number; readonly parent: number; readonly inside: Numbered[] }

/**
 * An ext4 volume of at most 128 MiB that holds `entries`; everything outside the pieces is zero. Every file lies in one
 * extent. Throws a RangeError for what one block group cannot hold.
 */
export function writeExt4(sizeBytes: number, entries: readonly Entry[], volume: Volume): readonly Piece[] {
  const root = numberTree(entries, volume.madeAt)
  const all = flatten(root)
  const blocks = Math.floor(sizeBytes / blockBytes)
  const { inodes, pieces, usedBlocks } = place(all)
  const usedInodes = Math.max(...all.map(({ inode }) => inode))
  if (sizeBytes > largestVolumeBytes || usedBlocks > blocks || usedInodes > inodeCount) {
    throw new RangeError(`${usedBlocks} blocks and ${usedInodes} inodes do not fit into ${sizeBytes} bytes`)
  }
  const counts: Counts = {
    blocks,
    freeBlocks: blocks - usedBlocks,
    inodes: inodeCount,
    freeInodes: inodeCount - usedInodes,
    folders: all.filter(({ entry }) => entry.kind === 'folder').length,
  }
  return [
    { offset: 1024, bytes: encodeSuperblock(counts, volume) },
    { offset: blockBytes, bytes: encodeGroup(tables, counts) },
    { offset: tables.blockBitmap * blockBytes, bytes: encodeBitmap(usedBlocks, blocks) },
    { offset: tables.inodeBitmap * blockBytes, bytes: encodeBitmap(usedInodes, inodeCount) },
    { offset: tables.inodeTable * blockBytes, bytes: inodes },
    ...pieces,
  ]
}

/** Depth first. `lost+found` is where checkers expect it: the first inode that is not reserved. */
function numberTree(entries: readonly Entry[], madeAt: number): Numbered {
  const lostAndFound: Folder = { kind: 'folder', name: 'lost+found', mode: 0o700, modifiedAt: madeAt, entries: [] }
  const root: Folder = {
    kind: 'folder',
    name: '/',
    mode: 0o755,
    modifiedAt: madeAt,
    entries: [lostAndFound, ...entries],
  }
  let next = firstFreeInode
  const number = (entry: Entry, inode: number, parent: number): Numbered => {
    const inside = entry.kind === 'folder' ? entry.entries.map((each) => number(each, next++, inode)) : []
    return { entry, inode, parent, inside }
  }
  return number(root, rootInode, rootInode)
}

function flatten(node: Numbered): readonly Numbered[] {
  return [node, ...node.inside.flatMap(flatten)]
}

/** Gives each entry its blocks, one after the other. */
function place(all: readonly Numbered[]): {
  readonly inodes: Uint8Array
  readonly pieces: readonly Piece[]
  readonly usedBlocks: number
} {
  const inodes = Buffer.alloc(inodeCount * inodeBytes)
  const pieces: Piece[] = []
  let usedBlocks = firstDataBlock
  for (const node of all) {
    const bytes = dataOf(node)
    const blocks = Math.ceil(bytes.length / blockBytes)
    if (blocks > 0) pieces.push({ offset: usedBlocks * blockBytes, bytes })
    encodeInode(inodeOf(node, bytes.length, usedBlocks, blocks)).copy(inodes, (node.inode - 1) * inodeBytes)
    usedBlocks += blocks
  }
  return { inodes, pieces, usedBlocks }
}

function dataOf({ entry, inode, parent, inside }: Numbered): Uint8Array {
  if (entry.kind === 'file') return entry.bytes
  if (entry.kind === 'link') return new Uint8Array()
  const own: readonly DirectoryEntry[] = [
    { inode, kind: 'folder', name: '.' },
    { inode: parent, kind: 'folder', name: '..' },
  ]
  return encodeDirectory([
    ...own,
    ...inside.map((each) => ({ inode: each.inode, kind: each.entry.kind, name: each.entry.name })),
  ])
}

function inodeOf({ entry, inside }: Numbered, sizeBytes: number, firstBlock: number, blocks: number): Inode {
  const { kind, modifiedAt } = entry
  if (entry.kind === 'link') {
    if (!fitsInode(entry.target)) throw new RangeError(`The link to ${entry.target} is too long`)
    const { target } = entry
    return {
      kind,
      mode: 0o777,
      modifiedAt,
      sizeBytes: Buffer.byteLength(target),
      linkCount: 1,
      firstBlock,
      blocks,
      target,
    }
  }
  // A folder is named by its parent, by itself, and by each folder in it.
  const linkCount = kind === 'file' ? 1 : 2 + inside.filter((each) => each.entry.kind === 'folder').length
  return { kind, mode: entry.mode, modifiedAt, sizeBytes, linkCount, firstBlock, blocks, target: undefined }
}
