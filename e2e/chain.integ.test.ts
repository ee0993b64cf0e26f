import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '../electron/engine/base/clock.ts'
import { connectLibvirt } from '../electron/engine/hypervisor/libvirt/driver.ts'
import type { Point } from '../shared/point.ts'
import { MiB } from '../shared/units.ts'
import { createGuest, type Guest } from './rig/guest.ts'
import { diskXml } from './rig/guest-xml.ts'
import { removeDomain } from './rig/remove-domain.ts'
import { withTruth } from './rig/truth.ts'
import { until } from './rig/until.ts'
import { virsh } from './rig/virsh.ts'
import { startWalk, type Walk } from './rig/walk.ts'

const run = promisify(execFile)
const never = new AbortController().signal

/** Random writes in place, so that pages all over a file change and the rest of it stays. */
const scatter = (file: string, count: number) =>
  `for i in $(seq 1 ${count}); do dd if=/dev/urandom of=${file} bs=4k count=1 seek=$(( (i * 7919) % 2000 )) conv=notrunc 2>/dev/null; done; sync`

type Taken = { readonly point: Point; readonly what: string }

async function causes(point: Point): Promise<Record<string, string>> {
  return Object.fromEntries(point.disks.map((disk) => [disk.name, disk.cause]))
}

/** Every disk of every point comes back as raw image and equals what QEMU's own tools read in the same moment. */
async function compareAll(walk: Walk, taken: readonly Taken[], truthOf: (point: string, disk: string) => string) {
  for (const { point, what } of taken) {
    const folder = join(walk.folder, `out-${point.id}`)
    await mkdir(folder)
    const restored = await walk.restore(point.id, { kind: 'images', folder, format: 'raw' })
    assert.equal(restored.state, 'done', `${what}: ${restored.failure?.message}`)
    for (const [at, disk] of point.disks.entries()) {
      const image = restored.target?.split('\n')[at] ?? ''
      const compared = run('cmp', [image, truthOf(point.id, disk.name)])
      await assert.doesNotReject(compared, `${what}: ${disk.name} differs from a full read of the same moment`)
    }
  }
}

async function addDisk(guest: Guest): Promise<string> {
  const image = join(guest.folder, 'second.qcow2')
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', image, String(48 * MiB)])
  const xml = join(guest.folder, 'second.xml')
  await writeFile(xml, diskXml({ name: 'vdb', path: image, format: 'qcow2' }))
  await virsh('attach-device', guest.uuid, xml, '--live', '--config')
  await until('the guest sees its second disk', () =>
    guest.sh('[ -b /dev/vdb ] && echo yes || true').then((said) => said === 'yes'),
  )
  return image
}

test('ten points of a living machine each hold what a full read of the same moment holds, and one of them boots', async () => {
  await using guest = await createGuest({
    name: 'walk',
    disks: [{ sizeBytes: 96 * MiB, format: 'qcow2', marker: 'back from the point' }],
  })
  const images = new Map([['vda', guest.disks[0]?.path ?? '']])
  const truthOf = (point: string, disk: string) => join(guest.folder, `truth-${point}-${disk}.raw`)
  await using walk = await startWalk(async (address, signal) => {
    if (address.kind !== 'libvirt') throw new Error('only libvirt here')
    const stateFolder = join(guest.folder, 'state')
    const host = await connectLibvirt({ uri: address.uri, stateFolder, clock: systemClock }, signal)
    return withTruth(host, { pathOf: truthOf }, (disk) => images.get(disk) ?? '')
  })
  await walk.handlers.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  const taken: Taken[] = []
  const take = async (what: string, method: 'full' | 'incremental' | 'differential' = 'incremental') => {
    const point = await walk.takePoint(guest.uuid, method)
    taken.push({ point, what })
    return point
  }

  await guest.sh('dd if=/dev/urandom of=/mnt/vda/base bs=1M count=10 2>/dev/null; sync')
  const full = await take('full', 'full')
  assert.equal(full.consistency, 'file-system')
  assert.ok((full.freezeMs ?? 0) > 0)

  await guest.sh(scatter('/mnt/vda/base', 60))
  assert.deepEqual(await causes(await take('random writes')), { vda: 'bitmap-usable' })

  await guest.sh(
    'mkdir /mnt/vda/new; for i in 1 2 3 4 5; do dd if=/dev/urandom of=/mnt/vda/new/$i bs=64k count=9 2>/dev/null; done; sync',
  )
  await take('files created')

  await guest.sh('rm -r /mnt/vda/new; sync; fstrim /mnt/vda')
  await take('fstrim')

  await virsh('blockresize', guest.uuid, 'vda', `${128 * 1024}`)
  await guest.sh('dd if=/dev/urandom of=/dev/vda bs=1M count=2 seek=120 conv=notrunc 2>/dev/null; sync')
  const resized = await take('resize')
  assert.equal(resized.disks[0]?.sizeBytes, 128 * MiB)

  images.set('vdb', await addDisk(guest))
  await guest.sh('dd if=/dev/urandom of=/dev/vdb bs=1M count=6 2>/dev/null; sync')
  assert.deepEqual(await causes(await take('a second disk')), { vda: 'bitmap-usable', vdb: 'disk-added' })

  await guest.sh('dd if=/dev/urandom of=/dev/vdb bs=4k count=1 seek=500 conv=notrunc 2>/dev/null; sync')
  await guest.shutDown()
  await guest.start()
  await guest.sh(scatter('/mnt/vda/base', 20))
  assert.deepEqual(await causes(await take('a reboot')), { vda: 'bitmap-usable', vdb: 'bitmap-usable' })

  await guest.sh('dd if=/dev/urandom of=/mnt/vda/last bs=1M count=1 2>/dev/null; sync')
  await guest.shutDown()
  const off = await take('a shut-down')
  assert.equal(off.consistency, 'off')

  await guest.start()
  await guest.sh(scatter('/mnt/vda/base', 10))
  await take('started again')
  const differential = await take('differential', 'differential')
  assert.equal(differential.disks.find((disk) => disk.name === 'vda')?.how, 'bitmap')

  await guest.destroy()
  await compareAll(walk, taken, truthOf)
  await bootsToItsMarker(walk, guest, taken.at(-2)?.point ?? full)
})

async function bootsToItsMarker(walk: Walk, guest: Guest, point: Point): Promise<void> {
  const hosts = await walk.handlers.listHosts(null, never)
  const target = {
    kind: 'new-machine',
    name: `${guest.name}-back`,
    hostId: hosts[0]?.id ?? '',
    storage: guest.folder,
  } as const
  const restored = await walk.restore(point.id, target)
  assert.equal(restored.state, 'done', restored.failure?.message)
  const machineId = restored.machineId ?? ''
  assert.notEqual(machineId, guest.uuid, 'the machine it was taken from still exists')
  try {
    const markers = async () =>
      (await readFile(join(guest.folder, 'serial.log'), 'latin1')).split('MARKER back from the point').length
    const before = await markers()
    await virsh('start', machineId)
    await until('the restored machine boots to its marker', async () => (await markers()) > before)
  } finally {
    await removeDomain(machineId)
  }
}
