import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { NewSnapshot } from '../hypervisor.ts'
import { serializeXml } from './build-xml.ts'
import { dropAll } from './checkpoints.ts'
import { pathOf } from './domain-xml.ts'
import { isTransient } from './findings.ts'
import { whileFrozen } from './freeze.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import type { SessionHost } from './session-host.ts'
import { withCheckpointsAside } from './set-aside.ts'
import { carryOut, lookAt, refuse, refuseAs, refuseForeign, type Subject } from './snapshot-act.ts'
import { planSnapshot, type SnapshotPlan } from './snapshot-plan.ts'
import { createRefusal, keptDisks } from './snapshot-rules.ts'
import { readTable } from './snapshot-size.ts'

/**
 * Takes a snapshot. The guest's file systems are quiesced where its memory is not kept. Our checkpoints go on where libvirt
 * lets them; those of a machine that is off and gets overlays are given up, and its next backup reads everything.
 * Fails with `snapshot-refused`, `invalid-argument` (a name that cannot be), `target-exists` (one that is taken),
 * `machine-busy`.
 */
export async function createSnapshot(
  host: SessionHost,
  machineId: MachineId,
  snapshot: NewSnapshot,
  signal: AbortSignal,
): Promise<void> {
  checkName(snapshot.name)
  await using connection = await host.openConnection(signal)
  const subject = await lookAt(host, connection, machineId, signal)
  const { definition, isOff, chains } = subject
  const what = `A snapshot of ${definition.name}`
  if (snapshot.memory && isOff) refuseAs('memory-needs-running', `${what} with memory`)
  refuseAs(createRefusal(definition, await isTransient(connection, machineId, signal), isOff, chains), what)
  await refuseTaken(subject, snapshot.name)
  const plan = planSnapshot(definition, snapshot, isOff)
  const act = (actSignal: AbortSignal) => take(subject, snapshot.name, plan, actSignal)
  if (isOff) await takeOff(host, subject, plan, act, signal)
  else if (snapshot.memory) await carryOut(act, signal)
  else await takeStill(host, subject, act, signal)
}

/** libvirt names a file after a snapshot and appends to it; QEMU takes a number for its own id of a snapshot. */
const maxNameBytes = 240

function checkName(name: string): void {
  const problem = nameProblem(name)
  if (problem !== undefined)
    throw new Failure('invalid-argument', `A snapshot cannot be called ${JSON.stringify(name)}: ${problem}`)
}

function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'a name needs at least one letter'
  if (name.includes('/')) return 'a name has no slash'
  if (name.startsWith('.')) return 'a name begins with no dot'
  if (/["\\]/.test(name))
    return 'QEMU 7.2 takes no snapshot whose name has a quotation mark or a backslash, and says nothing'
  if (/[\p{Cc}]/u.test(name)) return 'a name has no control characters'
  if (/^\d{1,6}$/.test(name)) return 'a short number is taken for the number that QEMU gives to a snapshot'
  return Buffer.byteLength(name) > maxNameBytes ? `a name has at most ${maxNameBytes} bytes` : undefined
}

/** An image may hold snapshots that libvirt knows nothing of; a second one of the name could never be told from the first. */
async function refuseTaken({ records, definition }: Subject, name: string): Promise<void> {
  if (records.some((record) => record.name === name))
    throw new Failure('target-exists', `${definition.name} has a snapshot ${name} already`)
  for (const { format, source } of keptDisks(definition.disks)) {
    const path = pathOf(source)
    if (format !== 'qcow2' || path === undefined) continue
    if ((await readTable(path))?.some((each) => each.name === name))
      throw refuse('name-ambiguous', `${path} holds a snapshot ${name} that libvirt does not know.`)
  }
}

async function take(subject: Subject, name: string, plan: SnapshotPlan, signal: AbortSignal): Promise<void> {
  const { connection, machineId } = subject
  try {
    await connection.snapshots.create(machineId, serializeXml(plan.document), plan.flags, signal)
  } catch (error) {
    if (!isLibvirtError(error, errors.configUnsupported, errors.operationUnsupported)) throw error
    throw refuse('format-without-snapshots', `libvirt says: ${error.message}`)
  }
  if (plan.kind === 'internal') await proveTaken(subject, name, signal)
}

/**
 * QEMU's answers to an internal snapshot are words, and libvirt 9.0 misses some that mean no (tried). What is in no image is
 * no snapshot, so libvirt's record of it goes again.
 */
async function proveTaken(
  { connection, machineId, definition }: Subject,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  for (const path of keptDisks(definition.disks).map(({ source }) => pathOf(source))) {
    const table = path === undefined ? undefined : await readTable(path)
    if (table === undefined || table.some((each) => each.name === name)) continue
    await connection.snapshots.remove({ uuid: machineId, name }, flags.snapshotDelete.metadataOnly, signal)
    throw new Failure('host-refused', `libvirt says that it took ${name}, but ${path} holds no such snapshot`)
  }
}

async function takeOff(
  host: SessionHost,
  subject: Subject,
  plan: SnapshotPlan,
  act: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { connection, machineId } = subject
  await refuseForeign(subject, signal)
  const carry = () => carryOut(act, signal)
  if (plan.kind === 'internal') return await withCheckpointsAside(connection, machineId, host.log, carry, signal)
  await dropAll(connection, machineId, signal)
  await carry()
}

/** With the file systems at rest, as far as the agent can bring that about. */
async function takeStill(
  host: SessionHost,
  subject: Subject,
  act: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { connection, machineId, definition, isPaused } = subject
  const guest = { machineId, agent: definition.agent, running: !isPaused, freeze: true }
  await whileFrozen(host, connection, guest, () => carryOut(act, signal), signal)
}
