import type { FileFacts } from '../guest.ts'
import type { Program } from './web-assembly.ts'

/** What the engine asks of 7-Zip's thread and what it tells, as messages; and the memory that both see. */

export type Settings = {
  readonly program: Program
  /** 7-Zip's name of the format: it looks for no other. */
  readonly format: string
  readonly sizeBytes: number
  readonly memory: SharedArrayBuffer
}

export type Errand =
  | { readonly kind: 'list' }
  /** The contents of all files of these paths, one behind the other in the order in which they were listed. */
  | {
      readonly kind: 'extract'
      readonly paths: readonly string[]
      /** Whether `?` and `*` in the paths stand for other characters. */
      readonly wild: boolean
    }

/** One entry as 7-Zip tells it; `path` without `/` at the front. */
export type Item = { readonly path: string; readonly facts: FileFacts }

export type Exit = {
  /** Of 7-Zip: 0 is good, 1 is a warning, the rest is none of it. */
  readonly exitCode: number
  /** The end of what it said of its errors. */
  readonly told: string
}

export type Told =
  /** The thread waits until the bytes lie in the shared memory. */
  | { readonly kind: 'read'; readonly offset: number; readonly lengthBytes: number }
  | { readonly kind: 'items'; readonly items: readonly Item[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | ({ readonly kind: 'ended' } & Exit)

/** What is read at once: the disk below keeps reads of this size. */
export const blockBytes = 128 * 1024
/** Messages with items or bytes that the engine has not dealt with; with as many out, the thread waits. */
export const mostOut = 8

/** Words of the shared memory; the block lies behind them. */
export const words = { answer: 0, out: 1 } as const
export const answers = { none: 0, read: 1, failed: 2 } as const
export const blockAt = 16

export function sharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(blockAt + blockBytes)
}
