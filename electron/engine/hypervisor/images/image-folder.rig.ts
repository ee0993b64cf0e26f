import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DiskFormat, MachineId } from '../../../../shared/machine.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import type { WritableDisk } from '../../disk/disk.ts'
import type { HypervisorRig } from '../hypervisor.suite.ts'
import type { Hypervisor, NewMachine } from '../hypervisor.ts'
import { openImageFolder } from './image-folder.ts'

const signal = new AbortController().signal

/** A folder that is removed with everything in it, also when the test fails. */
export type Scratch = AsyncDisposable & { readonly folder: string }

export async function scratchFolder(): Promise<Scratch> {
  const folder = await mkdtemp(path.join(tmpdir(), 'images-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/** A machine of one disk of 1 MiB, unless more are named. */
export function newMachine(name: string, format: DiskFormat, ...disks: readonly string[]): NewMachine {
  const names = disks.length === 0 ? ['vda'] : disks
  return {
    name,
    definition: undefined,
    attachments: [],
    disks: names.map((disk) => ({ name: disk, sizeBytes: MiB, format })),
    storage: undefined,
  }
}

/** Restores a machine and lets `fill` write its disks. */
export async function addMachine(
  host: Hypervisor,
  machine: NewMachine,
  fill: (disk: WritableDisk, at: number) => Promise<void>,
): Promise<MachineId> {
  await using session = await host.createMachine(machine, signal)
  for (const [at, { disk }] of session.disks.entries()) await fill(disk, at)
  return (await session.finish(signal)).machineId
}

/** `rawBytes` tells what an image holds without the driver. */
export async function imageRig(
  format: DiskFormat,
  rawBytes: (file: string) => Promise<Buffer>,
): Promise<HypervisorRig> {
  await using made = new AsyncDisposableStack()
  const { folder } = made.use(await scratchFolder())
  const hypervisor = made.use(await openImageFolder({ folder }, signal))
  const machineId = await addMachine(hypervisor, newMachine('shop', format), (disk) =>
    disk.write(60 * KiB, randomBytes(200 * KiB), signal),
  )
  const owned = made.move()
  return {
    hypervisor,
    machineId,
    newMachine: (name) => newMachine(name, format),
    content: async (id) => {
      const machine = (await hypervisor.listMachines(signal)).find((each) => each.id === id)
      return rawBytes(path.join(folder, `${machine?.name}.${format}`))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
