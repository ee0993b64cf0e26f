import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serializeXml } from './build-xml.ts'
import { readDomainXml } from './domain-xml.ts'
import { flags } from './protocol.ts'
import { planSnapshot } from './snapshot-plan.ts'

const disk = (name: string, type: string, extra = '') =>
  `<disk type='file'><driver type='${type}'/><source file='/images/${name}.img'/><target dev='${name}'/>${extra}</disk>`
const cdrom = `<disk type='file' device='cdrom'><target dev='sda'/></disk>`
const machine = (disks: string, os = '') =>
  readDomainXml(`<domain><name>m</name><uuid>u</uuid><os>${os}</os><devices>${disks}${cdrom}</devices></domain>`)

const hot = { name: 'a <b> & c', description: 'd', memory: true }
const cold = { name: 'n', description: undefined, memory: false }

test('where everything is qcow2, memory or a machine that is off make it internal', () => {
  const all = machine(disk('vda', 'qcow2') + disk('vdb', 'raw', '<readonly/>'))
  const plan = planSnapshot(all, hot, false)
  assert.equal(
    serializeXml(plan.document),
    "<domainsnapshot><name>a &lt;b&gt; &amp; c</name><description>d</description><memory snapshot='internal'/><disks><disk name='vda' snapshot='internal'/><disk name='vdb' snapshot='no'/><disk name='sda' snapshot='no'/></disks></domainsnapshot>".replaceAll(
      "'",
      '"',
    ),
  )
  assert.deepEqual([plan.kind, plan.flags], ['internal', 0])
  assert.equal(planSnapshot(all, cold, true).kind, 'internal')
})

test('no memory of a running machine, another format or UEFI make it external', () => {
  const qcow2 = disk('vda', 'qcow2')
  const flash = "<loader type='pflash'>/f</loader>"
  assert.equal(planSnapshot(machine(qcow2), cold, false).kind, 'external')
  assert.equal(planSnapshot(machine(qcow2 + disk('vdb', 'raw')), hot, false).kind, 'external')
  assert.equal(planSnapshot(machine(qcow2 + disk('vdb', 'raw')), cold, true).kind, 'external')
  assert.equal(planSnapshot(machine(qcow2, flash), hot, false).kind, 'external')
  assert.equal(planSnapshot(machine(qcow2, flash), cold, true).kind, 'external')
})

test('files of an external snapshot lie beside the disks, under names that nobody chose', () => {
  const network = "<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vdb'/></disk>"
  const { document, flags: how } = planSnapshot(machine(disk('vda', 'qcow2') + network), hot, false)
  const xml = serializeXml(document)
  assert.match(xml, /<memory snapshot="external" file="\/images\/u-[0-9a-f]{12}\.memory"\/>/)
  assert.match(xml, /<source file="\/images\/u-vda-[0-9a-f]{12}\.qcow2"\/>/)
  assert.match(xml, /<source file="\/var\/lib\/libvirt\/images\/u-vdb-[0-9a-f]{12}\.qcow2"\/>/)
  assert.equal(how & flags.snapshotCreate.diskOnly, 0)
  assert.notEqual(planSnapshot(machine(disk('vda', 'raw')), cold, true).flags & flags.snapshotCreate.diskOnly, 0)
})
