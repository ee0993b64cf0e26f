import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { MiB } from '../../../../shared/units.ts'
import { armed, disarm, watchdogCommand } from './watchdog-command.ts'

/**
 * The watchdog as Electron starts it: the console's own main (`npm run build` first) with our argument, here on a stand-in
 * for the `electron` module.
 */
const dist = process.env['STILLPOINT_DIST'] ?? path.join(import.meta.dirname, '../../../../dist')
const standIn = new URL('../../../../e2e/stand-in/electron.ts', import.meta.url).href
const hook = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => name === 'electron'
    ? { url: ${JSON.stringify(standIn)}, shortCircuit: true, format: 'module-typescript' }
    : next(name, context),
})`
const askStatus = '{"execute":"guest-fsfreeze-status"}'
const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

function startAsElectron(uri: string, machineId: string) {
  const runtime = { execPath: process.execPath, versions: { electron: '45.4.1' } }
  const place = `file://${dist}/thread.js`
  const { program, words } = watchdogCommand({ uri, machineId, limitMs: 60_000 }, place, runtime)
  assert.equal(words[0], path.join(dist, 'main.js'))
  const child = spawn(program, [`--import=data:text/javascript,${encodeURIComponent(hook)}`, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  return { child, ended, firstLine: once(createInterface(child.stdout), 'line') }
}

test('the console started as a watchdog thaws a guest whose engine is gone, and ends', async () => {
  await using guest = await createGuest({ name: 'electron-watchdog', disks: [small] })
  await using protector = await protect(guest.uuid)
  const { connection } = protector
  const status = () => connection.guest.agent(guest.uuid, askStatus, 5, never)
  const { child, ended, firstLine } = startAsElectron('qemu:///system', guest.uuid)
  try {
    assert.deepEqual(await firstLine, [armed])
    assert.ok((await connection.guest.freeze(guest.uuid, never)) > 0)
    assert.match(await status(), /"frozen"/)
    child.stdin.end()
    await until('the watchdog thaws', async () => (await status()).includes('"thawed"'), 20_000)
    assert.deepEqual(await ended, [0, null])
  } finally {
    child.kill('SIGKILL')
  }
})

test('told that all is well, it ends without touching the guest, and before that no signal ends it', async () => {
  await using guest = await createGuest({ name: 'electron-calm', disks: [small] })
  await using protector = await protect(guest.uuid)
  const { connection } = protector
  const { child, ended, firstLine } = startAsElectron('qemu:///system', guest.uuid)
  try {
    assert.deepEqual(await firstLine, [armed])
    await connection.guest.freeze(guest.uuid, never)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) child.kill(signal)
    child.stdin.end(`${disarm}\n`)
    assert.deepEqual(await ended, [0, null])
    assert.match(await connection.guest.agent(guest.uuid, askStatus, 5, never), /"frozen"/)
    await connection.guest.thaw(guest.uuid, never)
  } finally {
    child.kill('SIGKILL')
  }
})
