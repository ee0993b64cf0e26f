import type { Met, MetFile, Sink } from './sink.ts'

/** How much a walk would write; nothing of any file is read. */
export class Tally implements Sink {
  readonly #nodes = new Set<string>()
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  async enter(): Promise<boolean> {
    return true
  }

  async leave(): Promise<void> {}

  async file({ facts: { sizeBytes, allocatedBytes }, node }: MetFile): Promise<void> {
    if (node !== undefined && this.#nodes.has(node)) return
    if (node !== undefined) this.#nodes.add(node)
    this.#bytes += Math.min(sizeBytes, allocatedBytes ?? sizeBytes)
  }

  async link(_: Met): Promise<void> {}
}
