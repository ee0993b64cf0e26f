import type { MachineId } from '../../../../shared/machine.ts'
import { procedures } from './protocol.ts'
import type { RpcClient } from './rpc.ts'
import { type DomainRef, readDomain, writeDomain } from './values.ts'
import type { XdrWriter } from './xdr.ts'

/** The life of a machine. Every call fails with `machine-not-found` when the host does not know the UUID. */
export type DomainCalls = ReturnType<typeof domainCalls>

export const domainStates = [
  'none',
  'running',
  'blocked',
  'paused',
  'shutting-down',
  'off',
  'crashed',
  'suspended',
] as const
export type DomainState = (typeof domainStates)[number] | 'unknown'

export function domainCalls(rpc: RpcClient) {
  const act = async (procedure: number, uuid: MachineId, signal: AbortSignal) => {
    await rpc.call({ procedure, write: (writer) => writeDomain(writer, uuid) }, signal)
  }
  const actWithFlags = async (procedure: number, uuid: MachineId, flags: number, signal: AbortSignal) =>
    await rpc.call({ procedure, write: (writer) => withFlags(writer, uuid, flags) }, signal)

  return {
    async lookup(uuid: MachineId, signal: AbortSignal): Promise<DomainRef> {
      const write = (writer: XdrWriter) => writer.fixed(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
      return readDomain(await rpc.call({ procedure: procedures.domainLookupByUuid, write }, signal))
    },

    /** Only to learn whether a name is taken; machines are addressed by UUID. */
    async lookupByName(name: string, signal: AbortSignal): Promise<DomainRef> {
      const write = (writer: XdrWriter) => writer.string(name)
      return readDomain(await rpc.call({ procedure: procedures.domainLookupByName, write }, signal))
    },

    /** The domain XML, of the running machine unless `flags.xml.inactive` asks for what its next start will use. */
    async xml(uuid: MachineId, flags: number, signal: AbortSignal): Promise<string> {
      return (await actWithFlags(procedures.domainXml, uuid, flags, signal)).string()
    },

    async state(uuid: MachineId, signal: AbortSignal): Promise<DomainState> {
      const reply = await actWithFlags(procedures.domainState, uuid, 0, signal)
      return domainStates[reply.int()] ?? 'unknown'
    },

    /** Defines a machine or changes its definition. Fails with `identity-taken` for a name that has another UUID. */
    async define(xml: string, flags: number, signal: AbortSignal): Promise<DomainRef> {
      const write = (writer: XdrWriter) => writer.string(xml).uint(flags)
      return readDomain(await rpc.call({ procedure: procedures.domainDefine, write }, signal))
    },

    async undefine(uuid: MachineId, flags: number, signal: AbortSignal): Promise<void> {
      await actWithFlags(procedures.domainUndefine, uuid, flags, signal)
    },

    async start(uuid: MachineId, flags: number, signal: AbortSignal): Promise<void> {
      await actWithFlags(procedures.domainCreate, uuid, flags, signal)
    },

    /** Starts a machine that the host forgets as soon as it stops; with `flags.start.autodestroy` also when this connection ends. */
    async startTransient(xml: string, flags: number, signal: AbortSignal): Promise<DomainRef> {
      const write = (writer: XdrWriter) => writer.string(xml).uint(flags)
      return readDomain(await rpc.call({ procedure: procedures.domainCreateXml, write }, signal))
    },

    async destroy(uuid: MachineId, flags: number, signal: AbortSignal): Promise<void> {
      await actWithFlags(procedures.domainDestroy, uuid, flags, signal)
    },

    async shutdown(uuid: MachineId, flags: number, signal: AbortSignal): Promise<void> {
      await actWithFlags(procedures.domainShutdown, uuid, flags, signal)
    },

    suspend: (uuid: MachineId, signal: AbortSignal) => act(procedures.domainSuspend, uuid, signal),
    resume: (uuid: MachineId, signal: AbortSignal) => act(procedures.domainResume, uuid, signal),
  }
}

function withFlags(writer: XdrWriter, uuid: MachineId, flags: number): void {
  writeDomain(writer, uuid)
  writer.uint(flags)
}
