import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { holdEngine } from '../../../../e2e/rig/held-engine.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames } from './checkpoints.ts'
import { cleanUp } from './clean-up.ts'
import { readRecords } from './session-record.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('a session that ends without its point deletes its checkpoint, and the next increment covers both periods', async () => {
  await using guest = await createGuest({ name: 'aborted', disks: [small] })
  await using protector = await protect(guest.uuid)
  const full = await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/one bs=1M count=1 2>/dev/null; sync')
  {
    await using session = await protector.begin('incremental')
    assert.equal((await checkpointNames(protector.connection, guest.uuid, never)).length, 2)
    assert.ok(session.disks[0]?.increment)
  }
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [full.session.checkpoint])
  assert.equal((await protector.connection.backup.jobStats(guest.uuid, 0, never)).type, 'none')
  assert.deepEqual(await readRecords(protector.stateFolder), [])
  assert.deepEqual(
    (await readdir(guest.folder)).filter((name) => name.startsWith('sp-')),
    [],
  )
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/two bs=1M count=1 2>/dev/null; sync')
  const next = await protector.take('incremental')
  assert.deepEqual(next.causes, { vda: 'bitmap-usable' })
  assert.ok((next.changedBytes['vda'] ?? 0) >= 2 * MiB)
})

test('a guest that stops while it is read ends the session with guest-stopped and leaves no checkpoint', async () => {
  await using guest = await createGuest({ name: 'stopped', disks: [small] })
  await using protector = await protect(guest.uuid)
  {
    await using session = await protector.begin('full')
    const lost = once(session.lost, 'abort')
    await guest.destroy()
    await lost
    assert.ok(session.lost.reason instanceof Failure)
    assert.equal(session.lost.reason.code, 'guest-stopped')
    const bytes = new Uint8Array(4096)
    await assert.rejects(async () => await session.disks[0]?.disk.read(0, bytes, never), { code: 'disk-unreadable' })
  }
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [])
  assert.deepEqual(
    (await readdir(guest.folder)).filter((name) => name.startsWith('sp-')),
    [],
  )
})

test('a second backup of a machine in use is refused at once, and the first goes on', async () => {
  await using guest = await createGuest({ name: 'twice', disks: [small] })
  await using protector = await protect(guest.uuid)
  await using session = await protector.begin('full')
  const startedAt = performance.now()
  await assert.rejects(protector.begin('full'), { code: 'machine-busy' })
  assert.ok(performance.now() - startedAt < 20_000, 'libvirt itself would wait for half a minute')
  assert.deepEqual(await cleanUp(protector.host, () => false, never), [], 'a session that lives is not cleared up')
  await session.disks[0]?.disk.read(0, new Uint8Array(4096), never)
  assert.equal(session.lost.aborted, false)
})

test('what an engine leaves that was killed in the middle of a backup is cleared up, once', async () => {
  await using guest = await createGuest({ name: 'orphan', disks: [small] })
  await using protector = await protect(guest.uuid)
  const pointId = randomBytes(16).toString('hex')
  using engine = await holdEngine('session', guest.uuid, protector.stateFolder, pointId)
  assert.equal((await checkpointNames(protector.connection, guest.uuid, never)).length, 1)
  await engine.killed()
  assert.notEqual((await protector.connection.backup.jobStats(guest.uuid, 0, never)).type, 'none')
  const mended = await cleanUp(protector.host, () => false, never)
  assert.ok(
    mended.some((sentence) => sentence.includes('Ended a backup')),
    mended.join('\n'),
  )
  assert.ok(
    mended.some((sentence) => sentence.includes('Deleted the checkpoint')),
    mended.join('\n'),
  )
  assert.equal((await protector.connection.backup.jobStats(guest.uuid, 0, never)).type, 'none')
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [])
  assert.deepEqual(
    (await readdir(guest.folder)).filter((name) => name.startsWith('sp-')),
    [],
  )
  assert.deepEqual(await cleanUp(protector.host, () => false, never), [])
})

test('the checkpoint of a point that was finished survives the clean-up, and a new backup does not wait for one', async () => {
  await using guest = await createGuest({ name: 'finished', disks: [small] })
  await using protector = await protect(guest.uuid)
  const pointId = randomBytes(16).toString('hex')
  using engine = await holdEngine('session', guest.uuid, protector.stateFolder, pointId)
  await engine.killed()
  assert.deepEqual((await protector.take('full')).causes, { vda: 'asked-full' })
  await cleanUp(protector.host, (id) => id === pointId, never)
  const names = await checkpointNames(protector.connection, guest.uuid, never)
  assert.ok(names.some((name) => name.endsWith(pointId)))
})

test('what a restore leaves that was killed is removed, and another host of ours is left alone', async () => {
  await using guest = await createGuest({ name: 'cut-off', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  const folder = `${guest.folder}/restored`
  using engine = await holdEngine('restore', guest.uuid, protector.stateFolder, folder)
  assert.deepEqual(await cleanUp(protector.host, () => false, never), [], 'a restore that lives is not cleared up')
  await engine.killed()
  await cleanUp({ ...protector.host, uri: 'qemu:///session' }, () => false, never)
  assert.equal((await readdir(folder)).length, 1)
  const mended = await cleanUp(protector.host, () => false, never)
  assert.ok(
    mended.some((sentence) => sentence.includes('restore that was cut off')),
    mended.join('\n'),
  )
  assert.deepEqual(await readdir(folder), [])
})
