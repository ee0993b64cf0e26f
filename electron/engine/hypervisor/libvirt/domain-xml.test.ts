import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { readDomainXml } from './domain-xml.ts'

const domain = (inside: string) =>
  `<domain type='kvm' id='3'><name>web</name><uuid>4DEA22B3-1D52-D8F3-2516-782E98AB3FA0</uuid>${inside}</domain>`
const disks = (inside: string) => readDomainXml(domain(`<devices>${inside}</devices>`)).disks

test('a disk says its target, its format and every image below it, nearest first', () => {
  const [disk] = disks(`<disk type='file' device='disk'>
    <driver name='qemu' type='qcow2' discard='unmap'/><source file='/img/top.qcow2' index='3'/>
    <backingStore type='file' index='2'><format type='qcow2'/><source file='/img/mid.qcow2'/>
      <backingStore type='block'><format type='raw'/><source dev='/dev/vg/base'/><backingStore/></backingStore>
    </backingStore><target dev='vda' bus='virtio'/></disk>`)
  assert.deepEqual(disk, {
    name: 'vda',
    device: 'disk',
    source: { kind: 'file', path: '/img/top.qcow2' },
    format: 'qcow2',
    readonly: false,
    shareable: false,
    transient: false,
    backing: [
      { source: { kind: 'file', path: '/img/mid.qcow2' }, format: 'qcow2' },
      { source: { kind: 'block', path: '/dev/vg/base' }, format: 'raw' },
    ],
    backingComplete: true,
  })
})

test('a disk without a format is raw, and without a backing element nothing is known of its chain', () => {
  const [disk] = disks(
    `<disk type='file'><source file='/a'/><target dev='vda'/><readonly/><shareable/><transient/></disk>`,
  )
  assert.equal(disk?.format, 'raw')
  assert.deepEqual([disk?.backing, disk?.backingComplete], [[], false])
  assert.deepEqual([disk?.readonly, disk?.shareable, disk?.transient], [true, true, true])
})

test('every kind of source is told apart', () => {
  const found = disks(`
    <disk type='block'><source dev='/dev/sdb'/><target dev='a'/></disk>
    <disk type='network'><source protocol='rbd' name='pool/img'><host name='h'/></source><target dev='b'/></disk>
    <disk type='volume'><source pool='default' volume='v'/><target dev='c'/></disk>
    <disk type='vhostuser'><source type='unix' path='/s'/><target dev='d'/></disk>
    <disk type='file' device='cdrom'><target dev='e'/></disk>
    <disk type='file' device='floppy'><source file=''/><target dev='f'/></disk>
    <disk type='file'><source file='/no/target'/></disk>`)
  assert.deepEqual(
    found.map((disk) => disk.source),
    [
      { kind: 'block', path: '/dev/sdb' },
      { kind: 'network', protocol: 'rbd', name: 'pool/img' },
      { kind: 'volume', pool: 'default', volume: 'v' },
      { kind: 'other', type: 'vhostuser' },
      { kind: 'none' },
      { kind: 'none' },
    ],
  )
})

test('identity, addresses and files beside the disks are read', () => {
  const found = readDomainXml(
    domain(`<os><type>hvm</type><loader type='pflash'>/usr/share/OVMF.fd</loader><nvram>/var/nvram/web.fd</nvram>
      <kernel>/boot/vmlinuz</kernel><initrd>/boot/initrd</initrd></os><devices>
      <interface type='network'><mac address='52:54:00:00:00:01'/></interface><interface type='user'/>
      <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm></devices>`),
  )
  assert.equal(found.name, 'web')
  assert.equal(found.uuid, '4dea22b3-1d52-d8f3-2516-782e98ab3fa0')
  assert.deepEqual(found.macs, ['52:54:00:00:00:01'])
  assert.deepEqual(found.files, {
    loader: '/usr/share/OVMF.fd',
    nvram: '/var/nvram/web.fd',
    kernel: '/boot/vmlinuz',
    initrd: '/boot/initrd',
  })
  assert.equal(found.tpm, 'emulator')
})

test('NVRAM is found in its newer form too', () => {
  const xml = domain(`<os><nvram type='file'><source file='/n.fd'/></nvram></os>`)
  assert.equal(readDomainXml(xml).files.nvram, '/n.fd')
})

test('an agent is connected only when the guest has opened its channel', () => {
  const channel = (state: string) =>
    readDomainXml(
      domain(`<devices><channel type='spicevmc'><target name='com.redhat.spice.0'/></channel>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'${state}/></channel></devices>`),
    ).agent
  assert.equal(channel(" state='connected'"), 'connected')
  assert.equal(channel(" state='disconnected'"), 'disconnected')
  assert.equal(channel(''), 'disconnected')
  assert.equal(readDomainXml(domain('')).agent, 'none')
})

test('what is not a machine is refused', () => {
  for (const xml of ['<network><name>x</name><uuid>y</uuid></network>', '<domain/>', '<domain><name>x</name></domain>'])
    assert.throws(
      () => readDomainXml(xml),
      (error) => error instanceof Failure && error.code === 'host-unsupported',
    )
})
