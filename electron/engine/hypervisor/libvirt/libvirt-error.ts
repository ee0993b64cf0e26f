import { Failure, type FailureCode } from '../../../../shared/failure.ts'
import { errors } from './protocol.ts'
import type { XdrReader } from './xdr.ts'

/** A refusal in the host's own words. The failure code is what people get advice by; `number` is what code may tell apart. */
export class LibvirtError extends Failure {
  /** One of `errors` in protocol.ts, or another of libvirt's virErrorNumber. */
  readonly number: number

  constructor(number: number, message: string) {
    super(failureCode(number), message)
    this.name = 'LibvirtError'
    this.number = number
  }
}

export function isLibvirtError(thrown: unknown, ...numbers: readonly number[]): thrown is LibvirtError {
  return thrown instanceof LibvirtError && numbers.includes(thrown.number)
}

/** The body of a reply with status error: code, domain, message; what follows adds nothing. */
export function readError(body: XdrReader): LibvirtError {
  const number = body.int()
  body.int()
  return new LibvirtError(number, body.optionalString() ?? `libvirt error ${number}`)
}

const codes: ReadonlyMap<number, FailureCode> = new Map([
  [errors.noDomain, 'machine-not-found'],
  [errors.domainExists, 'identity-taken'],
  [errors.operationTimeout, 'machine-busy'],
  [errors.resourceBusy, 'machine-busy'],
  [errors.noSupport, 'host-unsupported'],
  [errors.configUnsupported, 'host-unsupported'],
  [errors.argumentUnsupported, 'host-unsupported'],
  [errors.operationUnsupported, 'host-unsupported'],
])

/** All else, from a denied permission to an internal error, is the host saying no. */
function failureCode(number: number): FailureCode {
  return codes.get(number) ?? 'host-refused'
}
