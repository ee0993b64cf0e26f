import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { XdrReader, XdrWriter } from './xdr.ts'

/** A machine as the host names it. The name is for people: only the UUID addresses. */
export type DomainRef = { readonly name: string; readonly uuid: MachineId }

/** A checkpoint or snapshot of a machine: both are addressed by name within it. */
export type MomentRef = { readonly uuid: MachineId; readonly name: string }

/** libvirt's "typed parameters": names such as `block.0.capacity`. 64-bit numbers over 2^53 lose their last digits. */
export type TypedValues = ReadonlyMap<string, number | string | boolean>

/**
 * The daemon finds a machine by its UUID alone; name and running number are sent empty, so that a renamed or restarted
 * machine stays the same.
 */
export function writeDomain(writer: XdrWriter, uuid: MachineId): void {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) throw new Failure('invalid-argument', `${uuid} is not a UUID`)
  writer.string('').fixed(bytes).int(-1)
}

export function readDomain(reader: XdrReader): DomainRef {
  const name = reader.string()
  const hex = reader.fixed(16).toString('hex')
  reader.int()
  return { name, uuid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') }
}

export function writeMoment(writer: XdrWriter, moment: MomentRef): void {
  writer.string(moment.name)
  writeDomain(writer, moment.uuid)
}

export function readMoment(reader: XdrReader): MomentRef {
  const name = reader.string()
  return { name, uuid: readDomain(reader).uuid }
}

export function readTypedValues(reader: XdrReader): TypedValues {
  return new Map(reader.list(() => [reader.string(), readTypedValue(reader)] as const))
}

function readTypedValue(reader: XdrReader): number | string | boolean {
  const type = reader.int()
  switch (type) {
    case 1:
      return reader.int()
    case 2:
      return reader.uint()
    case 3:
      return reader.hyper()
    case 4:
      return reader.uhyper()
    case 5:
      return reader.double()
    case 6:
      return reader.boolean()
    case 7:
      return reader.string()
    default:
      throw new Failure('host-unsupported', `The host sent a typed value of the unknown type ${type}`)
  }
}

/** Unsigned 64-bit parameters, which are the only kind that is sent from here. */
export function writeTypedValues(writer: XdrWriter, values: ReadonlyMap<string, bigint>): void {
  writer.list([...values], ([name, value]) => writer.string(name).int(4).uhyper(value))
}
