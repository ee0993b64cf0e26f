import type { MachineId } from '../../../../shared/machine.ts'
import { flags, procedures } from './protocol.ts'
import type { RpcClient } from './rpc.ts'
import { writeDomain, writeTypedValues } from './values.ts'
import type { XdrWriter } from './xdr.ts'

/** The disks of a machine, by target device (`vda`). */
export type BlockCalls = ReturnType<typeof blockCalls>

/** A job on one disk; `doneBytes` of `totalBytes`, equal when a copy is ready to be pivoted to. */
export type BlockJob = { readonly doneBytes: number; readonly totalBytes: number }

export function blockCalls(rpc: RpcClient) {
  return {
    /** Sizes as the host finds them, by the format in the definition, never by probing; also of a machine that is off. */
    async info(
      uuid: MachineId,
      disk: string,
      signal: AbortSignal,
    ): Promise<{ readonly sizeBytes: number; readonly allocatedBytes: number }> {
      const reply = await rpc.call(
        { procedure: procedures.domainBlockInfo, write: diskAndFlags(uuid, disk, 0) },
        signal,
      )
      const allocatedBytes = reply.uhyper()
      return { sizeBytes: reply.uhyper(), allocatedBytes }
    },

    /** Changes the virtual size of a running machine's disk. */
    async resize(uuid: MachineId, disk: string, sizeBytes: number, signal: AbortSignal): Promise<void> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(disk).uhyper(BigInt(sizeBytes)).uint(flags.blockResize.bytes)
      }
      await rpc.call({ procedure: procedures.blockResize, write }, signal)
    },

    /** Starts to copy a disk to the `<disk>` of `targetXml` while the machine runs. Parameters as in virDomainBlockCopy. */
    async copy(
      uuid: MachineId,
      disk: string,
      targetXml: string,
      parameters: ReadonlyMap<string, bigint>,
      flags: number,
      signal: AbortSignal,
    ): Promise<void> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(disk).string(targetXml)
        writeTypedValues(writer, parameters)
        writer.uint(flags)
      }
      await rpc.call({ procedure: procedures.blockCopy, write }, signal)
    },

    /** Ends a disk's job; with `flags.blockJobAbort.pivot` the machine goes over to the copy. */
    async abortJob(uuid: MachineId, disk: string, flags: number, signal: AbortSignal): Promise<void> {
      await rpc.call({ procedure: procedures.blockJobAbort, write: diskAndFlags(uuid, disk, flags) }, signal)
    },

    /** Undefined when the disk has no job. */
    async job(uuid: MachineId, disk: string, signal: AbortSignal): Promise<BlockJob | undefined> {
      const reply = await rpc.call({ procedure: procedures.blockJobInfo, write: diskAndFlags(uuid, disk, 0) }, signal)
      if (!reply.boolean()) return undefined
      reply.int()
      reply.uhyper()
      return { doneBytes: reply.uhyper(), totalBytes: reply.uhyper() }
    },
  }
}

const diskAndFlags = (uuid: MachineId, disk: string, flags: number) => (writer: XdrWriter) => {
  writeDomain(writer, uuid)
  writer.string(disk).uint(flags)
}
