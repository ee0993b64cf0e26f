import * as z from 'zod/mini'

/** RFC 9562 UUID in lower case. */
const uuid = z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))

export const hostId = uuid
export type HostId = z.infer<typeof hostId>
export const machineId = uuid
export type MachineId = z.infer<typeof machineId>

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
  /** Why it is unreachable, in one sentence. */
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
  /** Why this disk cannot be backed up, in one sentence; absent when it can. */
  problem: z.optional(z.string()),
})
export type MachineDisk = z.infer<typeof machineDisk>

export const snapshot = z.object({
  name: z.string(),
  parent: z.optional(z.string()),
  createdAt: z.optional(z.number()),
  current: z.boolean(),
  memory: z.enum(['none', 'internal', 'external']),
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
})
export type Machine = z.infer<typeof machine>
