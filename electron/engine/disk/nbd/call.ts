import { Failure } from '../../../../shared/failure.ts'
import { type Command, commands, errorName } from './protocol.ts'

/** A run of bytes with the flags that a meta context gives it. */
export type StatusExtent = { readonly start: number; readonly end: number; readonly flags: number }

/** A request under way, and what its reply has brought so far. */
export type Call = {
  readonly command: Command
  readonly offset: number
  readonly lengthBytes: number
  /** Of the wanted meta context, for a block status. */
  readonly contextId: number | undefined
  /** Where bytes of a read go. Taken away when nobody waits any more: the rest of the reply then goes nowhere. */
  into: Uint8Array | undefined
  /** Bytes of a read that the reply has told of. */
  toldBytes: number
  extents: StatusExtent[]
  failure: Failure | undefined
  resolve(): void
  reject(failure: unknown): void
}

const verbs: Readonly<Record<Command, string>> = {
  [commands.read]: 'Reading',
  [commands.write]: 'Writing',
  [commands.disconnect]: 'Leaving',
  [commands.flush]: 'Flushing',
  [commands.writeZeroes]: 'Zeroing',
  [commands.blockStatus]: 'Asking for the status of',
}

type Range = Pick<Call, 'command' | 'offset' | 'lengthBytes'>

/** The failure of a request in the words of `ReadableDisk` and `WritableDisk`. */
export function callFailure(call: Range, reason: string, cause?: unknown): Failure {
  const reads = call.command === commands.read || call.command === commands.blockStatus
  const code = reads ? 'disk-unreadable' : reason.startsWith(errorName(28)) ? 'no-space' : 'target-failed'
  const range = call.command === commands.flush ? 'the disk' : `${call.lengthBytes} bytes at ${call.offset}`
  return new Failure(code, `${verbs[call.command]} ${range}: ${reason}`, { cause })
}

/** Settles a call whose reply is complete. A read that left bytes out has failed: they would be those of another disk. */
export function settle(call: Call): void {
  if (call.failure !== undefined) call.reject(call.failure)
  else if (call.command === commands.read && call.toldBytes !== call.lengthBytes) {
    call.reject(callFailure(call, `the NBD server answered ${call.toldBytes} bytes`))
  } else call.resolve()
}
