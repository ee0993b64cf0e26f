import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeHost } from './fake.ts'

const never = new AbortController().signal

test('a fake guest keeps what its agent wrote whole, and refuses like a real one', async () => {
  await using host = new FakeHost()
  const machine = host.add({ name: 'shop', disks: [] })
  await using files = await host.openGuest(machine.id, never)
  await files.makeFolder('/a/b', never)
  const half = await files.createFile('/a/b/half', {}, never)
  await half.write(Buffer.from('x'), never)
  await half[Symbol.asyncDispose]()
  const whole = await files.createFile('/a/b/whole', { mode: 0o600 }, never)
  await whole.write(Buffer.from('ab'), never)
  await whole.write(Buffer.from('c'), never)
  await whole.finish(never)
  await files.createLink('/a/link', 'b', never)
  assert.deepEqual([...machine.guest.files.keys()], ['/a/b/whole'])
  assert.deepEqual(machine.guest.files.get('/a/b/whole'), { bytes: Buffer.from('abc'), facts: { mode: 0o600 } })
  for (const path of ['/a/b/whole', '/a/b', '/a/link']) {
    await assert.rejects(files.createFile(path, {}, never), { code: 'target-exists' })
  }
  await assert.rejects(files.createFile('/c/d', {}, never), { code: 'guest-refused' })
  machine.faults.agent = 'no-shell'
  await assert.rejects(files.makeFolder('/c', never), { code: 'guest-refused' })
  machine.faults.agent = 'none'
  await assert.rejects(host.openGuest(machine.id, never), { code: 'guest-refused' })
  machine.faults.agent = undefined
  machine.stop()
  await assert.rejects(host.openGuest(machine.id, never), { code: 'guest-refused' })
})
