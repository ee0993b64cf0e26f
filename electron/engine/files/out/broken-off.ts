import type { Failure } from '../../../../shared/failure.ts'
import { isOfSource } from './sink.ts'

/** A file of which half is in an archive already, and that cannot be read on: the archive is not one any more. */
export class BrokenOff extends Error {
  readonly failure: Failure

  constructor(path: string, failure: Failure) {
    super(`${path} breaks off: ${failure.message}`)
    this.name = 'BrokenOff'
    this.failure = failure
  }
}

/** What is wrong with the file from now on is wrong with all. */
export async function* brokenOff(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } catch (thrown) {
    throw isOfSource(thrown) ? new BrokenOff(path, thrown) : thrown
  }
}
