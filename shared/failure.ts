import * as z from 'zod/mini'

/** Everything that can go wrong and was foreseen. Code acts on these, people read advice that the window derives from them. */
export const failureCodes = [
  'bug',
  'cancelled',
  'catalog-failed',
  'catalog-from-future',
  'checkpoint-lost',
  'clock-skewed',
  'credentials-refused',
  'disk-hostile',
  'disk-unreadable',
  'disk-unsupported',
  'engine-died',
  'file-not-found',
  'file-system-damaged',
  'format-unsupported',
  'guest-refused',
  'guest-stopped',
  'host-not-found',
  'host-refused',
  'host-unreachable',
  'host-in-use',
  'host-unsupported',
  'identity-taken',
  'invalid-argument',
  'key-slot-damaged',
  'key-slot-not-found',
  'lease-lost',
  'machine-ambiguous',
  'machine-busy',
  'machine-not-found',
  'machine-running',
  'no-space',
  'object-conflict',
  'object-damaged',
  'object-locked',
  'object-missing',
  'pack-missing',
  'passphrase-wrong',
  'point-not-found',
  'policy-not-found',
  'repository-busy',
  'repository-damaged',
  'repository-exists',
  'repository-in-use',
  'repository-locked',
  'repository-not-found',
  'repository-rolled-back',
  'repository-too-new',
  'repository-unreachable',
  'run-not-found',
  'snapshot-not-found',
  'snapshot-refused',
  'store-unsuitable',
  'target-exists',
  'target-failed',
  'tool-missing',
  'volume-locked',
  'volume-not-found',
  'volume-unsupported',
] as const

export type FailureCode = (typeof failureCodes)[number]

/** A failure that was foreseen. The message is for the log and for "copy details"; advice comes from the code. */
export class Failure extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

export const wireFailure = z.object({ code: z.enum(failureCodes), message: z.string() })
export type WireFailure = z.infer<typeof wireFailure>

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError'
}

/** SQLite's own codes for a disk that is full, fails or refuses (sqlite.org/rescode.html); other ones are bugs of ours. */
function isOfDatabase(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false
  return /^SQLITE_(IOERR|FULL|CANTOPEN|READONLY|NOMEM)/.test(String(thrown.code))
}

export function toWire(thrown: unknown): WireFailure {
  if (thrown instanceof Failure) return { code: thrown.code, message: thrown.message }
  if (isAbort(thrown)) return { code: 'cancelled', message: 'Cancelled' }
  if (isOfDatabase(thrown)) return { code: 'catalog-failed', message: thrown.message }
  return { code: 'bug', message: thrown instanceof Error ? thrown.message : String(thrown) }
}

export function fromWire(failure: WireFailure): Failure {
  return new Failure(failure.code, failure.message)
}
