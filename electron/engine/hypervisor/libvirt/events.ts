import { eventProcedures } from './protocol.ts'
import { type DomainRef, readDomain, readTypedValues, type TypedValues } from './values.ts'
import type { XdrReader } from './xdr.ts'

export const lifecycles = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'sleeping',
  'crashed',
] as const
export const blockJobStatuses = ['completed', 'failed', 'cancelled', 'ready'] as const

/** What a host says unasked about one of its machines. */
export type DomainEvent = { readonly domain: DomainRef } & (
  | { readonly kind: 'lifecycle'; readonly lifecycle: (typeof lifecycles)[number] | 'unknown' }
  /** A backup or migration ended. Figures as in job stats: a cancelled backup says `success` and "Operation canceled". */
  | { readonly kind: 'job-completed'; readonly values: TypedValues }
  | { readonly kind: 'agent'; readonly connected: boolean }
  | {
      readonly kind: 'block-job'
      readonly disk: string
      readonly status: (typeof blockJobStatuses)[number] | 'unknown'
    }
  /** Devices are named by their alias (`virtio-disk1`). */
  | { readonly kind: 'device-added'; readonly alias: string }
  | { readonly kind: 'device-removed'; readonly alias: string }
)

/** Undefined for messages that nobody asked for. Every message begins with the number of its registration. */
export function readEvent(procedure: number, body: XdrReader): DomainEvent | undefined {
  const read = readers.get(procedure)
  if (read === undefined) return undefined
  body.int()
  return read(readDomain(body), body)
}

const readers: ReadonlyMap<number, (domain: DomainRef, body: XdrReader) => DomainEvent> = new Map([
  [
    eventProcedures.lifecycle,
    (domain, body) => ({ kind: 'lifecycle', domain, lifecycle: lifecycles[body.int()] ?? 'unknown' }),
  ],
  [eventProcedures.jobCompleted, (domain, body) => ({ kind: 'job-completed', domain, values: readTypedValues(body) })],
  [eventProcedures.agent, (domain, body) => ({ kind: 'agent', domain, connected: body.int() === agentConnected })],
  [eventProcedures.blockJob, readBlockJob],
  [eventProcedures.deviceAdded, (domain, body) => ({ kind: 'device-added', domain, alias: body.string() })],
  [eventProcedures.deviceRemoved, (domain, body) => ({ kind: 'device-removed', domain, alias: body.string() })],
])

/** VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED */
const agentConnected = 1

function readBlockJob(domain: DomainRef, body: XdrReader): DomainEvent {
  const disk = body.string()
  body.int()
  return { kind: 'block-job', domain, disk, status: blockJobStatuses[body.int()] ?? 'unknown' }
}
