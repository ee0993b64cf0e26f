import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serializeXml } from './build-xml.ts'
import { readDomainXml } from './domain-xml.ts'
import { parseXml } from './xml.ts'
import { withDiskFiles, withIdentity, withNvram } from './xml-edit.ts'

const original = `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name><uuid>11111111-1111-1111-1111-111111111111</uuid><genid>22222222-2222-2222-2222-222222222222</genid>
  <title>Shop &amp; more</title>
  <metadata><app:x xmlns:app='http://example.org' app:y='&lt;z&gt;'/></metadata>
  <os><type arch='x86_64'>hvm</type><nvram template='/t.fd'>/var/web.fd</nvram></os>
  <sysinfo type='smbios'><system><entry name='serial'>S1</entry><entry name='uuid'>11111111-1111-1111-1111-111111111111</entry></system></sysinfo>
  <devices>
    <disk type='block' device='lun'><driver name='qemu' type='raw' cache='none'/><source dev='/dev/x'/><target dev='sda' bus='scsi'/><serial>A</serial></disk>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/old.qcow2'><encryption format='luks'/></source><backingStore type='file'><source file='/base'/></backingStore><target dev='vda' bus='virtio'/><boot order='1'/></disk>
    <disk type='file' device='disk'><source file='/left-out.raw'/><target dev='vdb' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><source file='/iso'/><target dev='sdb' bus='sata'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
  </devices>
  <qemu:commandline><qemu:arg value='-newarg'/></qemu:commandline>
</domain>`

const identity = {
  name: 'web <copy>',
  uuid: '33333333-3333-3333-3333-333333333333',
  mac: (old: string) => old.replace('01', '99'),
}

test('a new identity is new everywhere the old one was written', () => {
  const xml = serializeXml(withIdentity(parseXml(original), identity))
  const edited = readDomainXml(xml)
  assert.equal(edited.name, 'web <copy>')
  assert.equal(edited.uuid, identity.uuid)
  assert.deepEqual(edited.macs, ['52:54:00:00:00:99'])
  assert.doesNotMatch(xml, /11111111|22222222/)
  assert.match(xml, /<genid\/>/)
  assert.match(xml, /<entry name="serial">S1<\/entry><entry name="uuid">33333333/)
})

test('everything that the editor does not know stays as it was', () => {
  const xml = serializeXml(withIdentity(parseXml(original), identity))
  assert.match(xml, /xmlns:qemu="http:\/\/libvirt.org\/schemas\/domain\/qemu\/1.0"/)
  assert.match(xml, /<qemu:commandline><qemu:arg value="-newarg"\/><\/qemu:commandline>/)
  assert.match(xml, /<app:x xmlns:app="http:\/\/example.org" app:y="&lt;z&gt;"\/>/)
  assert.match(xml, /<title>Shop &amp; more<\/title>/)
  assert.equal(serializeXml(parseXml(serializeXml(parseXml(original)))), serializeXml(parseXml(original)))
})

test('disks become the given files, and one that is not given never points at the original', () => {
  const files = new Map([
    ['vda', { path: '/new/a.raw', format: 'raw' }],
    ['sda', { path: '/new/b.qcow2', format: 'qcow2' }],
  ])
  const xml = serializeXml(withDiskFiles(parseXml(original), files))
  const { disks } = readDomainXml(xml)
  assert.deepEqual(
    disks.map(({ name, device, format, source }) => ({ name, device, format, source })),
    [
      { name: 'sda', device: 'disk', format: 'qcow2', source: { kind: 'file', path: '/new/b.qcow2' } },
      { name: 'vda', device: 'disk', format: 'raw', source: { kind: 'file', path: '/new/a.raw' } },
      { name: 'sdb', device: 'cdrom', format: 'raw', source: { kind: 'file', path: '/iso' } },
    ],
  )
  assert.doesNotMatch(xml, /old\.qcow2|left-out|\/base|backingStore|encryption|\/dev\/x/)
  assert.match(xml, /<boot order="1"\/>/)
  assert.match(xml, /cache="none"/)
})

test('UEFI variables move to their own file and keep their template', () => {
  const xml = serializeXml(withNvram(parseXml(original), '/new/vars.fd'))
  assert.match(xml, /<nvram template="\/t.fd">\/new\/vars.fd<\/nvram>/)
  const without = parseXml('<domain><os><type>hvm</type></os></domain>')
  assert.equal(serializeXml(withNvram(without, '/x')), serializeXml(without))
})
