import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { findDaemons } from './find-daemons.ts'

const signal = new AbortController().signal
const session = 'qemu:///session'

test("a user's daemon is found while it takes connections, and a socket that it left behind is none", async () => {
  const runtime = await mkdtemp(path.join(tmpdir(), 'find-'))
  const find = () => findDaemons({ XDG_RUNTIME_DIR: runtime, PATH: '' }, signal)
  try {
    assert.ok(!(await find()).includes(session))
    await mkdir(path.join(runtime, 'libvirt'))
    const server = createServer((connection) => connection.destroy()).listen(
      path.join(runtime, 'libvirt', 'libvirt-sock'),
    )
    await once(server, 'listening')
    assert.ok((await find()).includes(session))
    server.close()
    await once(server, 'close')
    assert.ok(!(await find()).includes(session))
    await writeFile(path.join(runtime, 'libvirt', 'virtqemud-sock'), '')
    assert.ok(!(await find()).includes(session))
  } finally {
    await rm(runtime, { recursive: true })
  }
})
