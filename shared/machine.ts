import * as z from 'zod/mini'
import { failureCodes } from './failure.ts'

/** RFC 9562 UUID in lower case. */
const uuid = z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))

export const hostId = uuid
export type HostId = z.infer<typeof hostId>
export const machineId = uuid
export type MachineId = z.infer<typeof machineId>
/** Under it repositories keep the console's own catalog as points: no machine has it. */
export const catalogMachineId: MachineId = '00000000-0000-0000-0000-000000000000'

export const hostAddress = z.discriminatedUnion('kind', [
  /** A libvirt connection URI: `qemu:///system`, `qemu:///session`, optionally with `?socket=/path`. */
  z.object({ kind: z.literal('libvirt'), uri: z.string().check(z.minLength(1), z.maxLength(4096)) }),
  /** A folder of disk images; every image is a machine that is off. */
  z.object({ kind: z.literal('images'), folder: z.string().check(z.minLength(1), z.maxLength(4096)) }),
])
export type HostAddress = z.infer<typeof hostAddress>

export const host = z.object({
  id: hostId,
  address: hostAddress,
  /** What the host calls itself; the folder's name for images. */
  name: z.string(),
  state: z.enum(['connected', 'connecting', 'unreachable']),
  /** Why it is unreachable: what is known in every language, and what the host or the system said. */
  problemCode: z.optional(z.enum(failureCodes)),
  problem: z.optional(z.string()),
})
export type Host = z.infer<typeof host>

export const diskFormats = ['raw', 'qcow2', 'vmdk', 'vhdx', 'vdi'] as const
export const diskFormat = z.enum(diskFormats)
export type DiskFormat = z.infer<typeof diskFormat>

export const machineDisk = z.object({
  /** Target device (`vda`) on a hypervisor; the image's name without ending in a folder. */
  name: z.string(),
  format: z.string(),
  /** Virtual size; absent when it cannot be known now. */
  sizeBytes: z.optional(z.number()),
  /** The image's file or device as the machine's definition names it; absent where it has none on the host. */
  path: z.optional(z.string()),
  /** Why this disk cannot be backed up, in one sentence; absent when it can. */
  problem: z.optional(z.string()),
})
export type MachineDisk = z.infer<typeof machineDisk>

/** Why something is not done to a machine's snapshots. The window has a sentence for each. */
export const snapshotRefusals = [
  'external-parent',
  'external-revert',
  'mixed-chain',
  'chain-too-deep',
  'format-without-snapshots',
  'firmware',
  'machine-busy',
  'memory-needs-running',
  'host-too-old',
  'host-without-snapshots',
  'machine-transient',
  'foreign-checkpoint',
  'name-ambiguous',
] as const
export const snapshotRefusal = z.enum(snapshotRefusals)
export type SnapshotRefusal = z.infer<typeof snapshotRefusal>

export const snapshot = z.object({
  name: z.string(),
  parent: z.optional(z.string()),
  createdAt: z.optional(z.number()),
  current: z.boolean(),
  memory: z.enum(['none', 'internal', 'external']),
  description: z.optional(z.string()),
  /** Where each disk's state lies: inside the image, or in the image that was frozen when an overlay was begun. */
  disks: z.array(z.object({ name: z.string(), location: z.enum(['none', 'internal', 'external']) })),
  /** What it takes on the host, as far as the host can tell. */
  sizeBytes: z.optional(z.number()),
  /** Snapshots between it and the root; the root has 1. */
  depth: z.number(),
  /** Absent: allowed. */
  revertRefusal: z.optional(snapshotRefusal),
  deleteRefusal: z.optional(snapshotRefusal),
})
export type Snapshot = z.infer<typeof snapshot>

export const machine = z.object({
  id: machineId,
  hostId,
  name: z.string(),
  state: z.enum(['running', 'paused', 'off', 'other']),
  /** True when the host forgets the machine as soon as it stops. */
  transient: z.boolean(),
  disks: z.array(machineDisk),
  snapshots: z.array(snapshot),
  /** Why no snapshot can be made; absent: allowed. */
  snapshotRefusal: z.optional(snapshotRefusal),
  /** The chain of overlays under its disks is long enough to slow the machine down and to be a danger. */
  deepChain: z.optional(z.number()),
})
export type Machine = z.infer<typeof machine>
