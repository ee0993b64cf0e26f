import type { MachineId } from '../../../../shared/machine.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors, procedures } from './protocol.ts'
import type { RpcClient } from './rpc.ts'
import { type MomentRef, readMoment, readTypedValues, type TypedValues, writeDomain, writeMoment } from './values.ts'
import type { XdrWriter } from './xdr.ts'

/** Backup jobs, checkpoints and snapshots of a machine. */
export type BackupCalls = ReturnType<typeof backupCalls>
export type MomentCalls = ReturnType<typeof checkpointCalls>

/** What a machine's one job is (virDomainJobType) with its figures; `operation` 9 is a backup. */
export type JobStats = { readonly type: JobType; readonly values: TypedValues }
export const jobTypes = ['none', 'bounded', 'unbounded', 'completed', 'failed', 'cancelled'] as const
export type JobType = (typeof jobTypes)[number] | 'unknown'

export function backupCalls(rpc: RpcClient) {
  return {
    /** Starts a job from `<domainbackup>` and, at the same moment, a checkpoint from `<domaincheckpoint>`. */
    async begin(
      uuid: MachineId,
      backupXml: string,
      checkpointXml: string | undefined,
      flags: number,
      signal: AbortSignal,
    ): Promise<void> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(backupXml).optionalString(checkpointXml).uint(flags)
      }
      await rpc.call({ procedure: procedures.backupBegin, write }, signal)
    },

    /** `<domainbackup>` of the job under way. Fails with the number `errors.noBackup` when there is none. */
    async xml(uuid: MachineId, signal: AbortSignal): Promise<string> {
      return (await rpc.call({ procedure: procedures.backupXml, write: domainAndFlags(uuid, 0) }, signal)).string()
    },

    async jobStats(uuid: MachineId, flags: number, signal: AbortSignal): Promise<JobStats> {
      const reply = await rpc.call({ procedure: procedures.domainJobStats, write: domainAndFlags(uuid, flags) }, signal)
      return { type: jobTypes[reply.int()] ?? 'unknown', values: readTypedValues(reply) }
    },

    /** Ends the machine's job whatever it is. Fails with the number `errors.operationInvalid` when there is none. */
    async abortJob(uuid: MachineId, signal: AbortSignal): Promise<void> {
      await rpc.call({ procedure: procedures.domainAbortJob, write: (writer) => writeDomain(writer, uuid) }, signal)
    },
  }
}

/** Fails with the number `errors.noCheckpoint` for a name that is not there. */
export function checkpointCalls(rpc: RpcClient) {
  return momentCalls(rpc, {
    create: procedures.checkpointCreate,
    list: procedures.checkpointList,
    xml: procedures.checkpointXml,
    remove: procedures.checkpointDelete,
  })
}

/** Fails with the number `errors.noSnapshot` for a name that is not there. */
export function snapshotCalls(rpc: RpcClient) {
  return {
    ...momentCalls(rpc, {
      create: procedures.snapshotCreate,
      list: procedures.snapshotList,
      xml: procedures.snapshotXml,
      remove: procedures.snapshotDelete,
    }),

    /** The snapshot that the machine's present state comes from; undefined where there is none. */
    async current(uuid: MachineId, signal: AbortSignal): Promise<MomentRef | undefined> {
      try {
        return readMoment(
          await rpc.call({ procedure: procedures.snapshotCurrent, write: domainAndFlags(uuid, 0) }, signal),
        )
      } catch (error) {
        if (isLibvirtError(error, errors.noSnapshot)) return undefined
        throw error
      }
    },

    async revert(snapshot: MomentRef, flags: number, signal: AbortSignal): Promise<void> {
      await rpc.call({ procedure: procedures.snapshotRevert, write: momentAndFlags(snapshot, flags) }, signal)
    },
  }
}

/** libvirt speaks of checkpoints and of snapshots in the same forms. */
function momentCalls(rpc: RpcClient, numbers: Readonly<Record<'create' | 'list' | 'xml' | 'remove', number>>) {
  return {
    async create(uuid: MachineId, xml: string, flags: number, signal: AbortSignal): Promise<MomentRef> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(xml).uint(flags)
      }
      return readMoment(await rpc.call({ procedure: numbers.create, write }, signal))
    },

    /** Parents come before children only with the topological flag. */
    async list(uuid: MachineId, flags: number, signal: AbortSignal): Promise<readonly MomentRef[]> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.int(1).uint(flags)
      }
      const reply = await rpc.call({ procedure: numbers.list, write }, signal)
      return reply.list(() => readMoment(reply))
    },

    async xml(moment: MomentRef, flags: number, signal: AbortSignal): Promise<string> {
      return (await rpc.call({ procedure: numbers.xml, write: momentAndFlags(moment, flags) }, signal)).string()
    },

    async remove(moment: MomentRef, flags: number, signal: AbortSignal): Promise<void> {
      await rpc.call({ procedure: numbers.remove, write: momentAndFlags(moment, flags) }, signal)
    },
  }
}

const domainAndFlags = (uuid: MachineId, flags: number) => (writer: XdrWriter) => {
  writeDomain(writer, uuid)
  writer.uint(flags)
}

const momentAndFlags = (moment: MomentRef, flags: number) => (writer: XdrWriter) => {
  writeMoment(writer, moment)
  writer.uint(flags)
}
