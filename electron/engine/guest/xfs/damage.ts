import { Failure } from '../../../../shared/failure.ts'

export function damaged(sentence: string): Failure {
  return new Failure('file-system-damaged', `XFS: ${sentence}`)
}

/** Fields of 64 bits as numbers: what is too large to be exact is too large for any disk, and refused where it is used. */
export function u64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64BE(at))
}
