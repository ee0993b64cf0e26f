import type { MachineId } from '../../../../shared/machine.ts'
import { procedures } from './protocol.ts'
import type { RpcClient } from './rpc.ts'
import { type DomainRef, readDomain, readTypedValues, type TypedValues, writeDomain } from './values.ts'
import type { XdrWriter } from './xdr.ts'

/** Which machines `domainCapabilities` is asked about; what is left out is the host's default. */
export type DomainKind = {
  readonly emulator?: string
  readonly arch?: string
  readonly machine?: string
  readonly virtType?: string
}

export type DomainStats = { readonly domain: DomainRef; readonly values: TypedValues }

/** What a host tells about itself and about all its machines. */
export type HostCalls = ReturnType<typeof hostCalls>

export function hostCalls(rpc: RpcClient) {
  return {
    /** Of QEMU, as 1,000,000 × major + 1,000 × minor + release. */
    async hypervisorVersion(signal: AbortSignal): Promise<number> {
      return (await rpc.call({ procedure: procedures.connectVersion }, signal)).uhyper()
    },

    /** Of libvirt, in the same form. */
    async libvirtVersion(signal: AbortSignal): Promise<number> {
      return (await rpc.call({ procedure: procedures.connectLibraryVersion }, signal)).uhyper()
    },

    async hostname(signal: AbortSignal): Promise<string> {
      return (await rpc.call({ procedure: procedures.connectHostname }, signal)).string()
    },

    /** XML of the host: its UUID, CPUs, and what its drivers can do for which guests. */
    async capabilities(signal: AbortSignal): Promise<string> {
      return (await rpc.call({ procedure: procedures.connectCapabilities }, signal)).string()
    },

    /** XML of what machines of the host's default kind can have and do, or of the kind that is given. */
    async domainCapabilities(kind: DomainKind, signal: AbortSignal): Promise<string> {
      const { emulator, arch, machine, virtType } = kind
      const request = {
        procedure: procedures.connectDomainCapabilities,
        write: (writer: XdrWriter) =>
          writer.optionalString(emulator).optionalString(arch).optionalString(machine).optionalString(virtType).uint(0),
      }
      return (await rpc.call(request, signal)).string()
    },

    /** All machines, or those that `flags.list` asks for. */
    async listDomains(flags: number, signal: AbortSignal): Promise<readonly DomainRef[]> {
      const request = {
        procedure: procedures.connectListDomains,
        write: (writer: XdrWriter) => writer.int(1).uint(flags),
      }
      const reply = await rpc.call(request, signal)
      return reply.list(() => readDomain(reply))
    },

    /** The groups of figures in `stats` of the machines given, or of all. Names as in virConnectGetAllDomainStats. */
    async domainStats(
      uuids: readonly MachineId[],
      stats: number,
      flags: number,
      signal: AbortSignal,
    ): Promise<readonly DomainStats[]> {
      const request = {
        procedure: procedures.connectDomainStats,
        write: (writer: XdrWriter) =>
          writer
            .list(uuids, (uuid) => writeDomain(writer, uuid))
            .uint(stats)
            .uint(flags),
      }
      const reply = await rpc.call(request, signal)
      return reply.list(() => ({ domain: readDomain(reply), values: readTypedValues(reply) }))
    },
  }
}
