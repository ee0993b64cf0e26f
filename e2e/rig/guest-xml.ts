import type { GuestSystem } from './guest-system.ts'

export type GuestDisk = { readonly name: string; readonly path: string; readonly format: string }

type Guest = {
  readonly name: string
  readonly uuid: string
  readonly system: GuestSystem
  readonly disks: readonly GuestDisk[]
  readonly agent: boolean
  readonly serialLog: string
  readonly memoryMiB: number
  /** Further elements inside `<devices>`. */
  readonly devices: string
  /** Replaces the direct kernel boot: elements inside `<os>`. */
  readonly os: string | undefined
}

/** Domain XML of a test guest under software emulation, so that no host needs KVM. */
export function guestXml(guest: Guest): string {
  return `<domain type='qemu'>
  <name>${escapeXml(guest.name)}</name>
  <uuid>${guest.uuid}</uuid>
  <memory unit='MiB'>${guest.memoryMiB}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type>${guest.os ?? directBoot(guest.system)}</os>
  <features><acpi/></features>
  <on_reboot>destroy</on_reboot>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${guest.disks.map(diskXml).join('\n    ')}
    <controller type='usb' model='none'/>
    <controller type='pci' model='pcie-root'/>
    ${sparePorts}
    <serial type='file'><source path='${escapeXml(guest.serialLog)}' append='on'/><target port='0'/></serial>
    ${guest.agent ? agentXml : ''}
    <memballoon model='none'/>
    ${guest.devices}
  </devices>
</domain>`
}

/** q35 takes a device while it runs only on a free port. */
const sparePorts = `<controller type='pci' model='pcie-root-port'/>`.repeat(8)

const agentXml = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`

function directBoot(system: GuestSystem): string {
  return `<kernel>${escapeXml(system.kernel)}</kernel><initrd>${escapeXml(system.initrd)}</initrd>
    <cmdline>console=ttyS0 quiet panic=-1</cmdline>`
}

/** Also what `virsh attach-device` takes. */
export function diskXml(disk: GuestDisk): string {
  return `<disk type='file' device='disk'><driver name='qemu' type='${disk.format}' discard='unmap'/><source file='${escapeXml(disk.path)}'/><target dev='${disk.name}' bus='virtio'/></disk>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;')
}
