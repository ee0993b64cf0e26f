import { Failure, type FailureCode } from '../../../shared/failure.ts'
import type { Verdict } from './retry.ts'

/** What the store refused with: its HTTP status and S3's own code (`NoSuchKey`). */
export class S3Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}${message === '' ? '' : `: ${message}`}`)
    this.name = 'S3Refusal'
    this.status = status
    this.code = code
  }
}

/** An answer that no S3 store gives, or that is not what was asked for. */
export class WrongAnswer extends Error {
  readonly failureCode: FailureCode

  constructor(message: string, failureCode: FailureCode = 'repository-unreachable') {
    super(message)
    this.name = 'WrongAnswer'
    this.failureCode = failureCode
  }
}

/** Nothing moved on a connection for so long. */
export class StalledError extends Error {
  constructor(idleMs: number) {
    super(`Nothing moved for ${Math.round(idleMs / 1000)} s`)
    this.name = 'StalledError'
  }
}

/** Answers that are for the caller to understand: there is no such object, it is there already, the range lies outside. */
const answers = new Set([404, 409, 412, 416])

/**
 * Codes of S3 for what the same request a moment later may do: an upload that arrived other than it was sent, or that met
 * another of the same name. The clock that signs is set right by the refusal itself.
 */
const onceMore = new Map<string, FailureCode>([
  ['XAmzContentSHA256Mismatch', 'repository-unreachable'],
  ['BadDigest', 'repository-unreachable'],
  ['IncompleteBody', 'repository-unreachable'],
  ['ConditionalRequestConflict', 'repository-unreachable'],
  ['OperationAborted', 'repository-unreachable'],
  ['RequestTimeTooSkewed', 'clock-skewed'],
])

const refused: ReadonlyMap<string, FailureCode> = new Map([
  ['NoSuchBucket', 'repository-unreachable'],
  ['QuotaExceeded', 'no-space'],
  ['ExpiredToken', 'credentials-refused'],
  ['InvalidToken', 'credentials-refused'],
  ['TokenRefreshRequired', 'credentials-refused'],
  ['InvalidAccessKeyId', 'credentials-refused'],
  ['NotImplemented', 'store-unsuitable'],
])

const networkCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])

/** Facts: codes of S3's error responses (API reference), of Ceph RGW's `rgw_http_errors`, and of Node's sockets. */
export function verdictOf(thrown: unknown): Verdict {
  if (thrown instanceof Failure) return { kind: 'end', thrown }
  if (thrown instanceof S3Refusal) return verdictOfRefusal(thrown)
  if (thrown instanceof WrongAnswer) return { kind: 'again', failure: failure(thrown.failureCode, thrown) }
  if (thrown instanceof StalledError) return { kind: 'wait', failure: failure('repository-unreachable', thrown) }
  return verdictOfLine(thrown)
}

function verdictOfRefusal(refusal: S3Refusal): Verdict {
  const again = onceMore.get(refusal.code)
  if (again !== undefined) return { kind: 'again', failure: failure(again, refusal) }
  const code = refused.get(refusal.code) ?? (refusal.status === 507 ? 'no-space' : undefined)
  if (code !== undefined) return { kind: 'end', thrown: failure(code, refusal) }
  if (isPassing(refusal)) return { kind: 'wait', failure: failure('repository-unreachable', refusal) }
  if (answers.has(refusal.status)) return { kind: 'end', thrown: refusal }
  const denied = refusal.status === 401 || refusal.status === 403
  return { kind: 'end', thrown: failure(denied ? 'credentials-refused' : 'repository-unreachable', refusal) }
}

function isPassing({ status, code }: S3Refusal): boolean {
  if (status === 501) return false
  return status >= 500 || status === 429 || status === 408 || code === 'RequestTimeout' || code === 'SlowDown'
}

function verdictOfLine(thrown: unknown): Verdict {
  const code = codeOf(thrown)
  if (networkCodes.has(code)) return { kind: 'wait', failure: failure('repository-unreachable', thrown) }
  if (code.startsWith('HPE_')) return { kind: 'again', failure: failure('repository-unreachable', thrown) }
  if (/CERT|TLS|SSL|UNABLE_TO|EPROTO/.test(code))
    return { kind: 'end', thrown: failure('repository-unreachable', thrown) }
  return { kind: 'end', thrown }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

function failure(code: FailureCode, cause: unknown): Failure {
  return new Failure(code, `The S3 store: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}

/** Whether a thrown answer says that there is no such object. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof S3Refusal && thrown.status === 404
}
