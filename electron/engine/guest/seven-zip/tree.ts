import { Failure } from '../../../../shared/failure.ts'
import type { FileFacts, FolderEntry, NodeRef } from '../guest.ts'
import type { Item } from './errand.ts'

const mostEntries = 1_000_000
const mostNamesLength = 128 * 1024 * 1024
const deepest = 1000

type Node = {
  readonly name: string
  /** As 7-Zip calls it: how its content is asked for. */
  readonly path: string
  facts: FileFacts
  /** How often it was listed itself; never, of a folder that only stands in the paths of others. */
  timesTold: number
  /** Places of what lies in it. */
  children?: Map<string, number>
}

const none: ReadonlyMap<string, number> = new Map()
const implied: FileFacts = { kind: 'folder', sizeBytes: 0 }

/** What 7-Zip listed as folders. A reference is an entry's place in the listing, the root is 0. */
export class Tree {
  readonly #nodes: Node[] = [newNode('', '', implied)]
  #namesLength = 0
  /** Entries that no path can name; they are not listed. */
  leftOut = 0

  /** Fails with `volume-unsupported` when there is more than a listing in memory may hold. */
  add({ path, facts }: Item): void {
    const names = path.split('/')
    if (names.length > deepest || names.some((name) => name === '' || name === '.' || name === '..')) {
      this.leftOut++
      return
    }
    let at = 0
    let end = 0
    for (const [n, name] of names.entries()) {
      end += name.length + (n === 0 ? 0 : 1)
      at = this.#childOf(at, name, path.slice(0, end))
    }
    const node = this.#node(at)
    node.timesTold++
    node.facts = facts
  }

  node(ref: NodeRef): Node {
    const node = /^\d{1,7}$/.test(ref) ? this.#nodes[Number(ref)] : undefined
    if (node === undefined) throw new Failure('file-not-found', `Nothing has the number ${ref}`)
    return node
  }

  children(ref: NodeRef): ReadonlyMap<string, number> {
    return this.node(ref).children ?? none
  }

  entry(place: number): FolderEntry {
    const node = this.#node(place)
    const problem = problemOf(node)
    const entry = { name: node.name, ref: String(place) }
    return problem === undefined ? { ...entry, facts: node.facts } : { ...entry, facts: undefined, problem }
  }

  /** Every entry in the order of the listing. */
  nodes(): readonly Node[] {
    return this.#nodes
  }

  #childOf(parent: number, name: string, path: string): number {
    const folder = this.#node(parent)
    folder.children ??= new Map()
    const known = folder.children.get(name)
    if (known !== undefined) return known
    const place = this.#nodes.push(newNode(name, path, implied)) - 1
    this.#namesLength += path.length
    if (place > mostEntries || this.#namesLength > mostNamesLength) {
      throw new Failure('volume-unsupported', `It holds more than ${mostEntries} files: too many for 7-Zip's listing`)
    }
    folder.children.set(name, place)
    return place
  }

  #node(place: number): Node {
    return this.#nodes[place] as Node
  }
}

/** One name that stands for two things is no name by which 7-Zip could be asked for one of them. */
export function problemOf({ timesTold, children, facts }: Node): string | undefined {
  if (timesTold > 1) return '7-Zip tells two of this name'
  return children !== undefined && facts.kind !== 'folder' ? '7-Zip tells a folder and a file of this name' : undefined
}

function newNode(name: string, path: string, facts: FileFacts): Node {
  return { name, path, facts, timesTold: 0 }
}
