import { randomInt } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { FileKind, Volume } from '../../../../shared/files.ts'
import type { PointId } from '../../../../shared/point.ts'
import { KiB } from '../../../../shared/units.ts'
import type { Extents } from '../../disk/extents.ts'
import { union } from '../../disk/extents.ts'
import type { FileSystem, FolderEntry } from '../../guest/guest.ts'
import type { IndexSource } from './index-point.ts'

/**
 * A file system as simple as can be, to hold the index against: each folder is one block of a disk, listing it reads that block
 * and nothing else, and its number is the folder's reference.
 */
const blockBytes = 128 * KiB

export type ModelNode = {
  readonly kind: FileKind
  readonly size: number
  readonly modified: number
  readonly block: number
}
/** By block: what the folder there holds. Folders that are in no other one are not there any more. */
export type ModelTree = ReadonlyMap<number, ReadonlyMap<string, ModelNode>>

export const rootBlock = 0

/** Every path but the root with what is there. */
export function pathsOf(tree: ModelTree): ReadonlyMap<string, ModelNode> {
  const paths = new Map<string, ModelNode>()
  const walk = (block: number, above: string): void => {
    for (const [name, node] of tree.get(block) ?? []) {
      paths.set(`${above}/${name}`, node)
      if (node.kind === 'folder') walk(node.block, `${above}/${name}`)
    }
  }
  walk(rootBlock, '')
  return paths
}

export type Chance = (below: number) => number

/** The same numbers for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export function newSeed(): number {
  return randomInt(2 ** 31)
}

const names = [
  'a',
  'b',
  'Report 2026.pdf',
  '年度报告.docx',
  'été',
  'e\u0301te\u0301',
  'x\udcff',
  'nginx.conf',
  'LOG',
  'log',
  'c_d-e',
]

/** A tree in which some things are others. Blocks of folders that are gone may be used again. */
export function changed(tree: ModelTree, chance: Chance, times: number): ModelTree {
  const now = new Map([...tree].map(([block, entries]) => [block, new Map(entries)]))
  for (let time = 0; time < times; time++) changeOnce(now, chance)
  return reachable(now)
}

function changeOnce(tree: Map<number, Map<string, ModelNode>>, chance: Chance): void {
  const folders = [...reachable(tree).keys()]
  const entries = tree.get(folders[chance(folders.length)] ?? rootBlock)
  const name = names[chance(names.length)] ?? ''
  const kind = (['file', 'file', 'folder', 'link'] as const)[chance(4)] ?? 'file'
  if (chance(3) === 0) entries?.delete(name)
  else if (kind === 'folder') {
    const block = freeBlock(tree, chance)
    tree.set(block, new Map())
    entries?.set(name, { kind, size: 0, modified: chance(3), block })
  } else entries?.set(name, { kind, size: chance(3), modified: chance(3) + 0.25, block: -1 })
}

function freeBlock(tree: ReadonlyMap<number, unknown>, chance: Chance): number {
  for (let block = 1 + chance(4); ; block++) if (!tree.has(block)) return block
}

function reachable(tree: ReadonlyMap<number, Map<string, ModelNode>>): Map<number, Map<string, ModelNode>> {
  const found = new Map<number, Map<string, ModelNode>>()
  const waiting = [rootBlock]
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    const entries = tree.get(block) ?? new Map<string, ModelNode>()
    found.set(block, entries)
    for (const node of entries.values()) if (node.kind === 'folder') waiting.push(node.block)
  }
  return found
}

export const modelVolume: Volume = {
  id: 'vda/1',
  kind: 'partition',
  disks: ['vda'],
  sizeBytes: 2 ** 30,
  content: 'ext4',
  reader: 'own',
  notes: [],
}

/** Points of one machine; each has one volume. Counts the folders that are listed. */
export class ModelSource implements IndexSource {
  readonly trees = new Map<PointId, ModelTree>()
  listed: number[] = []
  /** False: no repository can tell what differs. */
  canCompare = true
  /** Fails the listing of this many folders from now on. */
  failAfter = Number.POSITIVE_INFINITY

  async volumes(): Promise<readonly Volume[]> {
    return [modelVolume]
  }

  async trace<T>(
    pointId: PointId,
    _volumeId: string,
    onRead: (disk: string, start: number, end: number) => void,
    _signal: AbortSignal,
    work: Parameters<IndexSource['trace']>[4],
  ): Promise<T> {
    const tree = this.trees.get(pointId)
    if (tree === undefined) throw new Failure('point-not-found', pointId)
    const fileSystem = this.#fileSystem(tree, onRead)
    return (await work({ volume: modelVolume, fileSystem, disk: undefined, place: 'vda from 0' })) as T
  }

  async changedSince(base: PointId, pointId: PointId): Promise<Extents | undefined> {
    const [before, after] = [this.trees.get(base), this.trees.get(pointId)]
    if (before === undefined || after === undefined || !this.canCompare) return undefined
    const blocks = new Set([...before.keys(), ...after.keys()])
    const differing = [...blocks].filter((block) => textOf(before.get(block)) !== textOf(after.get(block)))
    return union(differing.map((block) => ({ start: block * blockBytes, end: block * blockBytes + 1 })))
  }

  #fileSystem(tree: ModelTree, onRead: (disk: string, start: number, end: number) => void): FileSystem {
    const source = this
    const missing = (): never => {
      throw new Failure('file-not-found', 'The model is only listed')
    }
    return {
      content: 'ext4',
      label: undefined,
      uuid: undefined,
      notes: [],
      layout: 'model',
      overlaid: [],
      root: String(rootBlock),
      facts: async () => missing(),
      find: async () => missing(),
      open: async () => missing(),
      async *list(ref) {
        const block = Number(ref)
        if (source.failAfter-- <= 0) throw new Failure('disk-unreadable', 'The model was told to fail')
        onRead('vda', block * blockBytes + 100, block * blockBytes + 200)
        source.listed.push(block)
        const entries = [...(tree.get(block) ?? [])].map(toEntry)
        for (let at = 0; at < entries.length; at += 2) yield entries.slice(at, at + 2)
      },
      async [Symbol.asyncDispose]() {},
    }
  }
}

function textOf(entries: ReadonlyMap<string, ModelNode> | undefined): string {
  return JSON.stringify([...(entries ?? [])])
}

function toEntry([name, { kind, size, modified, block }]: readonly [string, ModelNode]): FolderEntry {
  const modifiedAt = BigInt(Math.round(modified * 1e6))
  return { name, ref: String(block), facts: { kind, sizeBytes: size, modifiedAt } }
}
