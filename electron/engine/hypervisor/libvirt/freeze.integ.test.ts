import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { holdEngine } from '../../../../e2e/rig/held-engine.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { whileFrozen } from './freeze.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const
const askStatus = '{"execute":"guest-fsfreeze-status"}'

test('a guest goes on when the engine that froze it is killed', async () => {
  await using guest = await createGuest({ name: 'watchdog', disks: [small] })
  await using protector = await protect(guest.uuid)
  const status = () => protector.connection.guest.agent(guest.uuid, askStatus, 5, never)
  using engine = await holdEngine('frozen', guest.uuid, protector.stateFolder, randomBytes(16).toString('hex'))
  assert.match(await status(), /"frozen"/)
  await engine.killed()
  await until('the watchdog thaws', async () => (await status()).includes('"thawed"'), 15_000)
  await guest.sh('echo written >/mnt/vda/after; sync')
})

test('a guest goes on when the engine holds it frozen for too long', async () => {
  await using guest = await createGuest({ name: 'hung', disks: [small] })
  await using protector = await protect(guest.uuid)
  const status = () => protector.connection.guest.agent(guest.uuid, askStatus, 5, never)
  using _engine = await holdEngine('frozen', guest.uuid, protector.stateFolder, randomBytes(16).toString('hex'))
  await until('the watchdog thaws', async () => (await status()).includes('"thawed"'), 40_000)
})

test('a machine without an agent gives a crash-consistent point that says so', async () => {
  await using guest = await createGuest({ name: 'no-agent', disks: [small], agent: false })
  await using protector = await protect(guest.uuid)
  const { session } = await protector.take('full')
  assert.equal(session.consistency, 'crash')
  assert.equal(session.freezeMs, undefined)
  assert.ok(session.warnings.some((warning) => warning.includes('no guest agent')))
})

test('a guest whose agent freezes nothing gives a crash-consistent point', async () => {
  await using guest = await createGuest({ name: 'nothing', disks: [{ ...small, content: 'blank' }] })
  await using protector = await protect(guest.uuid)
  const { session } = await protector.take('full')
  assert.equal(session.consistency, 'crash')
  assert.ok(session.warnings.some((warning) => warning.includes('no file system to freeze')))
})

test('a paused machine is backed up as after a power cut', async () => {
  await using guest = await createGuest({ name: 'paused', disks: [small] })
  await using protector = await protect(guest.uuid)
  await virsh('suspend', guest.uuid)
  const { session } = await protector.take('full')
  assert.equal(session.consistency, 'crash')
  assert.ok(session.warnings.some((warning) => warning.includes('paused')))
  await virsh('resume', guest.uuid)
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})

test('a frozen guest is thawed when its backup cannot begin', async () => {
  await using guest = await createGuest({ name: 'refused', disks: [small] })
  await using protector = await protect(guest.uuid)
  const connection = await protector.host.openConnection(never)
  await using _connection = connection
  const machine = { machineId: guest.uuid, agent: 'connected', running: true, freeze: true } as const
  const fail = async () => Promise.reject(new Error('it did not begin'))
  await assert.rejects(whileFrozen(protector.host, connection, machine, fail, never), /did not begin/)
  assert.match(await connection.guest.agent(guest.uuid, askStatus, 5, never), /"thawed"/)
})
