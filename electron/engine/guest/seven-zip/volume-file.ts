import { type Emscripten, ioError, type StreamOperations } from './emscripten.ts'
import { answers, blockAt, blockBytes, type Settings, type Told, words } from './errand.ts'

const blocksKept = 64

/** The volume as a file whose reads wait for the engine. What was read lately is kept, at most 8 MiB. */
export class VolumeFile {
  readonly #sizeBytes: number
  readonly #words: Int32Array
  readonly #block: Uint8Array
  readonly #tell: (told: Told) => void
  readonly #kept = new Map<number, Uint8Array>()

  constructor({ sizeBytes, memory }: Settings, tell: (told: Told) => void) {
    this.#sizeBytes = sizeBytes
    this.#words = new Int32Array(memory, 0, blockAt / 4)
    this.#block = new Uint8Array(memory, blockAt)
    this.#tell = tell
  }

  /** Puts it into the file system of one run. */
  place({ FS }: Emscripten, parent: string, name: string): void {
    const node = FS.createFile(parent, name, {}, true, false)
    const attributes = node.node_ops.getattr
    node.node_ops = {
      ...node.node_ops,
      getattr: (asked) => ({ ...attributes(asked), size: this.#sizeBytes, blocks: Math.ceil(this.#sizeBytes / 512) }),
    }
    node.stream_ops = { ...node.stream_ops, ...this.#operations(FS) }
  }

  #operations({ ErrnoError }: Emscripten['FS']): Pick<StreamOperations, 'read' | 'llseek'> {
    return {
      read: (_, into, at, lengthBytes, position) => {
        const there = Math.max(0, Math.min(lengthBytes, this.#sizeBytes - position))
        for (let done = 0; done < there; ) {
          const piece = this.#at(position + done)
          if (piece === undefined) throw new ErrnoError(ioError)
          const taken = piece.subarray(0, there - done)
          into.set(taken, at + done)
          done += taken.length
        }
        return there
      },
      llseek: (stream, offset, whence) => {
        const from = [0, stream.position, this.#sizeBytes][whence] ?? Number.NaN
        const to = from + offset
        if (!Number.isSafeInteger(to) || to < 0) throw new ErrnoError(ioError)
        return to
      },
    }
  }

  /** The bytes from `position` to the end of their block. */
  #at(position: number): Uint8Array | undefined {
    const number = Math.floor(position / blockBytes)
    const bytes = this.#kept.get(number) ?? this.#load(number)
    if (bytes === undefined) return undefined
    this.#kept.delete(number)
    this.#kept.set(number, bytes)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= blocksKept) break
      this.#kept.delete(oldest)
    }
    return bytes.subarray(position - number * blockBytes)
  }

  #load(number: number): Uint8Array | undefined {
    const offset = number * blockBytes
    const lengthBytes = Math.min(blockBytes, this.#sizeBytes - offset)
    Atomics.store(this.#words, words.answer, answers.none)
    this.#tell({ kind: 'read', offset, lengthBytes })
    Atomics.wait(this.#words, words.answer, answers.none)
    const answer = Atomics.load(this.#words, words.answer)
    return answer === answers.read ? this.#block.slice(0, lengthBytes) : undefined
  }
}
