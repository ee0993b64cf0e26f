import { Failure } from '../../../../shared/failure.ts'
import type { MachineId, Snapshot } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import { type Chains, judge, type SnapshotAbilities } from './snapshot-rules.ts'
import { readTables, sizeOf } from './snapshot-size.ts'
import { readSnapshotXml, type SnapshotRecord } from './snapshot-xml.ts'
import type { MomentRef } from './values.ts'

/** The hypervisor's own snapshots of a machine, parents before children. One that vanishes meanwhile is left out. */
export async function readRecords(
  connection: LibvirtConnection,
  uuid: MachineId,
  signal: AbortSignal,
): Promise<readonly SnapshotRecord[]> {
  const refs = await connection.snapshots.list(uuid, flags.snapshotList.topological, signal)
  const found = await Promise.all(refs.map((ref) => readRecord(connection, ref, signal)))
  return found.filter((record) => record !== undefined)
}

async function readRecord(
  connection: LibvirtConnection,
  ref: MomentRef,
  signal: AbortSignal,
): Promise<SnapshotRecord | undefined> {
  try {
    return { name: ref.name, ...readSnapshotXml(await connection.snapshots.xml(ref, 0, signal)) }
  } catch (error) {
    if (isLibvirtError(error, errors.noSnapshot)) return undefined
    throw error
  }
}

/** The snapshots as people see them, with what they take and what may not be done to them. */
export async function readSnapshots(
  connection: LibvirtConnection,
  uuid: MachineId,
  chains: Chains,
  abilities: SnapshotAbilities,
  signal: AbortSignal,
): Promise<Snapshot[]> {
  const [records, current] = await Promise.all([
    readRecords(connection, uuid, signal),
    connection.snapshots.current(uuid, signal),
  ])
  const tables = await readTables(records)
  const depths = depthsOf(records)
  const judgements = judge(records, chains, abilities)
  return await Promise.all(
    records.map(async (record) => ({
      ...describe(record, await sizeOf(record, tables)),
      current: record.name === current?.name,
      depth: depths.get(record.name) ?? 1,
      ...judgements.get(record.name),
    })),
  )
}

function describe(record: SnapshotRecord, sizeBytes: number | undefined): Omit<Snapshot, 'current' | 'depth'> {
  const { name, parent, createdAt, description, memory, disks } = record
  return {
    name,
    memory,
    disks: disks.map((disk) => ({ name: disk.name, location: disk.location })),
    ...(parent === undefined ? {} : { parent }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(description === undefined ? {} : { description }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }
}

/** Parents stand before their children in the list. */
function depthsOf(records: readonly SnapshotRecord[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  for (const { name, parent } of records) depths.set(name, (depths.get(parent ?? '') ?? 0) + 1)
  return depths
}

/** Fails with `snapshot-not-found`. */
export function needRecord(records: readonly SnapshotRecord[], name: string): SnapshotRecord {
  const record = records.find((each) => each.name === name)
  if (record === undefined) throw new Failure('snapshot-not-found', `The machine has no snapshot ${name}`)
  return record
}
