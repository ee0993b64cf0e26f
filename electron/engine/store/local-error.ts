import { Failure, isAbort } from '../../../shared/failure.ts'

/** The system's error code (`ENOSPC`), or undefined for anything that is not a system error. */
export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

export function isMissing(thrown: unknown): boolean {
  return errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR'
}

export function isFull(thrown: unknown): boolean {
  return errorCode(thrown) === 'ENOSPC' || errorCode(thrown) === 'EDQUOT'
}

/** What a system error of a store's folder means. Cancellation and bugs stay what they are. */
export function asStoreFailure(thrown: unknown, doing: string): unknown {
  if (thrown instanceof Failure || isAbort(thrown) || errorCode(thrown) === undefined) return thrown
  const message = `${doing}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  return new Failure(isFull(thrown) ? 'no-space' : 'repository-unreachable', message, { cause: thrown })
}
