import { element } from './build-xml.ts'
import type { XmlElement } from './xml.ts'

type Wanted = {
  readonly virtType: 'kvm' | 'qemu'
  readonly disks: readonly { readonly path: string; readonly format: string }[]
}

/**
 * A machine for disks of which nothing else is known: two processors, 2 GiB, SATA disks and an Intel network card, which
 * every system of the last fifteen years boots with. Name and UUID are for the caller to set.
 */
export function defaultDomain({ virtType, disks }: Wanted): XmlElement {
  return element(
    'domain',
    { type: virtType },
    element('name', {}, 'new'),
    element('memory', { unit: 'MiB' }, '2048'),
    element('vcpu', {}, '2'),
    element('os', {}, element('type', { arch: 'x86_64' }, 'hvm'), element('boot', { dev: 'hd' })),
    element('features', {}, element('acpi', {}), element('apic', {})),
    element(
      'devices',
      {},
      ...disks.map(({ path, format }, index) => diskElement(`sd${letters(index)}`, 'sata', path, format)),
      element('interface', { type: 'user' }, element('model', { type: 'e1000' })),
      element('channel', { type: 'unix' }, element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' })),
      element('graphics', { type: 'vnc', autoport: 'yes', listen: '127.0.0.1' }),
      element('video', {}, element('model', { type: 'vga' })),
    ),
  )
}

export function diskElement(target: string, bus: string, path: string, format: string): XmlElement {
  return element(
    'disk',
    { type: 'file', device: 'disk' },
    element('driver', { name: 'qemu', type: format }),
    element('source', { file: path }),
    element('target', { dev: target, bus }),
  )
}

/** a … z, aa, ab … as libvirt counts its disks. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : `${letters(Math.floor(index / 26) - 1)}${last}`
}
