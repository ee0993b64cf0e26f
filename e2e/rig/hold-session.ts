import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import { whileFrozen } from '../../electron/engine/hypervisor/libvirt/freeze.ts'
import { connectHost } from '../../electron/engine/hypervisor/libvirt/host.ts'
import { createMachine } from '../../electron/engine/hypervisor/libvirt/restore.ts'
import { beginSession } from '../../electron/engine/hypervisor/libvirt/session.ts'

/**
 * An engine to be killed: opens a backup session, freezes the guest or begins a restore, and stays like that until its end.
 * Says so on standard output. `place` is the point's id, or the folder of a restore.
 */
async function hold(what: string, machineId: string, stateFolder: string, place: string): Promise<void> {
  const signal = new AbortController().signal
  const uri = 'qemu:///system'
  const libvirt = await connectHost({ uri, environment: process.env, clock: systemClock }, signal)
  const openConnection = (openSignal: AbortSignal) => libvirt.openConnection(openSignal)
  const host = { uri, openConnection, stateFolder, clock: systemClock, log: silentLog }
  const forever = new Promise<void>(() => setInterval(() => undefined, 1000))
  if (what === 'frozen') {
    const connection = await host.openConnection(signal)
    const act = async () => {
      process.stdout.write('held\n')
      await forever
    }
    const guest = { machineId, agent: 'connected', running: true, freeze: true } as const
    await whileFrozen(host, connection, guest, act, signal)
  } else if (what === 'restore') {
    const disks = [{ name: 'vda', sizeBytes: 1 << 20, format: 'qcow2' }] as const
    const name = `sp-test-held-${process.pid}`
    await createMachine(host, { name, definition: undefined, attachments: [], disks, storage: place }, signal)
    process.stdout.write('held\n')
    await forever
  } else {
    const choices = { method: 'full', bases: [], excluded: [], freeze: true } as const
    await beginSession(host, { machineId, pointId: place, repositoryId: '0'.repeat(32), ...choices }, signal)
    process.stdout.write('held\n')
    await forever
  }
}

const [what, machineId, stateFolder, place] = process.argv.slice(2)
await hold(String(what), String(machineId), String(stateFolder), String(place))
