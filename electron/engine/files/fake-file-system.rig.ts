import { Failure } from '../../../shared/failure.ts'
import type { FileKind, Volume } from '../../../shared/files.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { memoryDisk } from '../disk/memory.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef } from '../guest/guest.ts'
import type { FoundVolume } from '../guest/volumes/volumes.ts'
import type { PointDisks } from './opened-point.ts'

/** A file by its bytes, a folder by what lies in it; with `facts` laid over what follows from that. */
export type FakeNode = {
  readonly bytes?: Uint8Array
  readonly children?: Readonly<Record<string, FakeNode>>
  readonly facts?: Partial<FileFacts>
  readonly streams?: Readonly<Record<string, Uint8Array>>
  /** It cannot be read. */
  readonly problem?: string
}

export type FakeFileSystem = FileSystem & {
  /** Folders of which the first batch was asked for. */
  readonly listed: number
  readonly isClosed: boolean
}

const never = new AbortController().signal
const batch = 3

export function folder(children: Readonly<Record<string, FakeNode>>, facts: Partial<FileFacts> = {}): FakeNode {
  return { children, facts }
}

export function file(text: string, facts: Partial<FileFacts> = {}): FakeNode {
  return { bytes: Buffer.from(text), facts }
}

/** A reader of a tree in memory: batches of three, in the order given. Names may be what no real one could hold. */
export function fakeFileSystem(root: FakeNode, disk?: ReadableDisk): FakeFileSystem {
  const nodes = new Map<NodeRef, FakeNode>()
  const refOf = (node: FakeNode): NodeRef => {
    const known = [...nodes].find(([, each]) => each === node)?.[0]
    if (known !== undefined) return known
    nodes.set(String(nodes.size), node)
    return String(nodes.size - 1)
  }
  const need = (ref: NodeRef): FakeNode => {
    const node = nodes.get(ref)
    if (node === undefined) throw new Failure('file-not-found', `No node ${ref}`)
    return node
  }
  const entry = ([name, node]: [string, FakeNode]): FolderEntry => {
    if (node.problem !== undefined) return { name, ref: refOf(node), facts: undefined, problem: node.problem }
    return { name, ref: refOf(node), facts: factsOf(node) }
  }
  let listed = 0
  let isClosed = false
  return {
    content: 'ext4',
    label: 'fake',
    uuid: undefined,
    notes: [],
    layout: 'fake',
    overlaid: [],
    root: refOf(root),
    get listed() {
      return listed
    },
    get isClosed() {
      return isClosed
    },
    facts: async (ref) => factsOf(need(ref)),
    async *list(ref, signal) {
      const { children } = need(ref)
      if (children === undefined) throw new Failure('invalid-argument', 'No folder')
      listed++
      const entries = Object.entries(children)
      for (let at = 0; at < entries.length; at += batch) {
        signal.throwIfAborted()
        if (isClosed) throw new Error('The reader was closed')
        await disk?.read(4096, new Uint8Array(512), signal)
        yield entries.slice(at, at + batch).map(entry)
      }
    },
    async find(ref, name) {
      const child = Object.entries(need(ref).children ?? {}).find(([each]) => each === name)
      return child && entry(child)
    },
    async open(ref, stream) {
      const node = need(ref)
      return fileDisk((stream === undefined ? node.bytes : node.streams?.[stream]) ?? new Uint8Array(0))
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
    },
  }
}

/** A point with one disk `vda` and a volume `vda/1` on it that `volume` may describe otherwise. */
export function fakeFound(disk: ReadableDisk | undefined, volume: Partial<Volume> = {}): FoundVolume {
  const whole: Volume = {
    id: 'vda/1',
    kind: 'partition',
    disks: ['vda'],
    sizeBytes: 1 << 20,
    content: 'ext4',
    reader: 'own',
    notes: [],
  }
  return { volume: { ...whole, ...volume }, disk, place: 'vda@0+1048576' }
}

export function fakeDisks(isCurrent: () => boolean = () => true, onClose: () => void = () => {}): PointDisks {
  return {
    disks: [{ name: 'vda', disk: memoryDisk(1 << 20) }],
    isCurrent,
    async [Symbol.asyncDispose]() {
      onClose()
    },
  }
}

function factsOf({ bytes, children, facts, streams }: FakeNode): FileFacts {
  const kind: FileKind = children === undefined ? 'file' : 'folder'
  const beside = Object.entries(streams ?? {}).map(([name, each]) => ({ name, sizeBytes: each.length }))
  return { kind, sizeBytes: bytes?.length ?? 0, ...(streams === undefined ? {} : { streams: beside }), ...facts }
}

async function fileDisk(bytes: Uint8Array): Promise<ReadableDisk> {
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, never)
  return disk
}
