import { MiB } from '../../../../../shared/units.ts'
import { damaged } from '../damage.ts'
import type { LogRecord } from './record.ts'

/** One thing that was changed: the first region says what, the others hold the new bytes. */
export type LogItem = { readonly kind: number; readonly regions: readonly Buffer[] }

/** What was committed together. `lsn` is that of the record in which it began, as changed structures are stamped. */
export type Transaction = { readonly lsn: bigint; readonly items: readonly LogItem[] }

const starts = 0x01
const commits = 0x02
const continues = 0x04
const continued = 0x08
const ends = 0x10
const unmounts = 0x20

const operationBytes = 12
const headerBytes = 16
/** "TRAN", in the byte order of the machine. */
const headerMagic = 0x5452414e
const mostPendingBytes = 128 * MiB

type Pending = { readonly lsn: bigint; header: Buffer; readonly items: Growing[]; bytes: number }
type Growing = { readonly count: number; readonly regions: Buffer[] }

/** Puts transactions together from the operations of records; they lie interleaved, and split wherever a record was full. */
export class Transactions {
  readonly #pending = new Map<number, Pending>()

  /** Those that this record completes, in the order of their commits. */
  take({ header, body }: LogRecord): readonly Transaction[] {
    const done: Transaction[] = []
    let at = 0
    for (let i = 0; i < header.operations; i++) {
      if (at + operationBytes > body.length) throw damaged('the log has fewer operations than it says')
      const bytes = body.readUInt32BE(at + 4)
      const data = body.subarray(at + operationBytes, at + operationBytes + bytes)
      if (data.length !== bytes) throw damaged('an operation of the log does not fit into its record')
      const ended = this.#operation(body.readUInt32BE(at), body.readUInt8(at + 9), data, header.lsn)
      if (ended !== undefined) done.push(ended)
      at += operationBytes + bytes
    }
    return done
  }

  #operation(id: number, flags: number, data: Buffer, lsn: bigint): Transaction | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) {
      // The end of what began before the tail: everything of it is in its place already.
      if ((flags & starts) !== 0) this.#pending.set(id, { lsn, header: Buffer.alloc(0), items: [], bytes: 0 })
      return undefined
    }
    const step = flags & ~ends & ~(flags & continued ? continues : 0)
    if (step === commits || step === unmounts) this.#pending.delete(id)
    if (step === commits) return { lsn: pending.lsn, items: pending.items.map(wholeItem) }
    if (step === 0 || step === continues) add(pending, data)
    else if (step === continued) addToLast(pending, data)
    else if (step !== unmounts) throw damaged(`the log has an operation of unknown kind ${flags}`)
    return undefined
  }
}

function add(pending: Pending, data: Buffer): void {
  if (data.length === 0) return
  count(pending, data)
  if (pending.header.length < headerBytes) {
    if (data.length > headerBytes || pending.header.length > 0)
      throw damaged('a transaction of the log has no beginning')
    takeHeader(pending, data)
    return
  }
  const last = pending.items.at(-1)
  if (last !== undefined && last.regions.length < last.count) last.regions.push(data)
  else pending.items.push(newItem(data))
}

function newItem(data: Buffer): Growing {
  const regions = data.length < 4 ? 0 : data.readUInt16LE(2)
  if (regions === 0) throw damaged('an item of the log has no regions')
  return { count: regions, regions: [data] }
}

/** The rest of a region whose beginning ended the record before. */
function addToLast(pending: Pending, data: Buffer): void {
  count(pending, data)
  if (pending.header.length < headerBytes) takeHeader(pending, data)
  else continueRegion(pending.items.at(-1)?.regions ?? [], data)
}

function continueRegion(regions: Buffer[], data: Buffer): void {
  const begun = regions.pop()
  if (begun === undefined) throw damaged('the log continues what never began')
  regions.push(Buffer.concat([begun, data]))
}

function takeHeader(pending: Pending, data: Buffer): void {
  pending.header = Buffer.concat([pending.header, data])
  const isWhole = pending.header.length >= headerBytes
  if (isWhole && pending.header.readUInt32LE(0) !== headerMagic) throw damaged('a transaction of the log has no header')
}

function count(pending: Pending, data: Buffer): void {
  pending.bytes += data.length
  if (pending.bytes > mostPendingBytes) throw damaged('the log has an endless transaction')
}

function wholeItem({ count, regions }: Growing): LogItem {
  const [first] = regions
  if (first === undefined || regions.length !== count) throw damaged('an item of the log is not whole')
  return { kind: first.readUInt16LE(0), regions }
}
