import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../../../../shared/failure.ts'
import { systemClock } from '../../base/clock.ts'
import type { AskAgent } from './agent.ts'
import { guestFiles } from './files.ts'

const never = new AbortController().signal

/** A real agent of QEMU that takes this machine for its guest, with a folder for it to write to. */
async function realAgent(...switchedOff: readonly string[]) {
  const top = await mkdtemp(path.join(tmpdir(), 'agent-'))
  const socket = path.join(top, 'agent.sock')
  const block = switchedOff.length === 0 ? [] : ['-b', switchedOff.join(',')]
  const place = ['-m', 'unix-listen', '-p', socket, '-t', top, '-f', path.join(top, 'agent.pid')]
  const agent = spawn('qemu-ga', [...place, ...block], { stdio: 'ignore' })
  const link = await connected(socket, agent)
  await mkdir(path.join(top, 'guest'))
  return {
    ask: asking(link),
    at: (name: string) => path.join(top, 'guest', name),
    names: async () => (await readdir(path.join(top, 'guest'))).sort(),
    async [Symbol.asyncDispose]() {
      link.destroy()
      agent.kill('SIGKILL')
      await rm(top, { recursive: true, force: true })
    },
  }
}

async function connected(socket: string, agent: ChildProcess): Promise<Socket> {
  for (let tries = 0; tries < 200 && !existsSync(socket); tries++) {
    assert.equal(agent.exitCode, null, 'the agent ended')
    await delay(50)
  }
  const link = connect(socket)
  await new Promise<void>((resolve, reject) => link.once('connect', resolve).once('error', reject))
  return link
}

/** One line out, one line back: the agent answers in order. */
function asking(link: Socket): AskAgent {
  const lines = createInterface({ input: link })[Symbol.asyncIterator]()
  return async (execute, parameters) => {
    link.write(`${JSON.stringify({ execute, arguments: parameters })}\n`)
    const { value } = await lines.next()
    const reply = JSON.parse(value ?? '{}')
    if (reply.error !== undefined) throw new Failure('guest-refused', reply.error.desc)
    return reply.return
  }
}

test('files, folders and links come into a guest as they were, and its shell reads no name', async () => {
  await using agent = await realAgent()
  await using files = await guestFiles(agent.ask, systemClock, never)
  assert.equal(files.hasFolders, true)
  for (const name of ['plain', '-rf', '$(touch owned)', "quote's", '报告 2026', 'two\nlines', 'a'.repeat(255)]) {
    const bytes = randomBytes(200_000)
    await using file = await files.createFile(
      agent.at(name),
      { mode: 0o4640, modifiedAt: 1_234_567_890_123_456_789n },
      never,
    )
    await file.write(bytes.subarray(0, 100_001), never)
    assert.ok(!existsSync(agent.at(name)), 'a half file has its name')
    await file.write(bytes.subarray(100_001), never)
    await file.finish(never)
    assert.ok(bytes.equals(await readFile(agent.at(name))))
    const { mode, mtimeNs } = await lstat(agent.at(name), { bigint: true })
    assert.deepEqual([mode & 0o7777n, mtimeNs], [0o640n, 1_234_567_890_123_456_789n])
    await rm(agent.at(name))
  }
  await files.makeFolder(agent.at('-a/b c/d'), never)
  await files.makeFolder(agent.at('-a/b c/d'), never)
  await files.createLink(agent.at('-a/link'), '-f', never)
  assert.equal(await readlink(agent.at('-a/link')), '-f')
  assert.deepEqual(await agent.names(), ['-a'])
})

test('nothing that is there is written to, also not through a link', async () => {
  await using agent = await realAgent()
  await using files = await guestFiles(agent.ask, systemClock, never)
  await writeFile(agent.at('there'), 'old')
  await mkdir(agent.at('folder'))
  await symlink(agent.at('nowhere'), agent.at('dangling'))
  for (const name of ['there', 'folder', 'dangling']) {
    await assert.rejects(files.createFile(agent.at(name), {}, never), { code: 'target-exists' })
    await assert.rejects(files.createLink(agent.at(name), 'x', never), { code: 'target-exists' })
  }
  await assert.rejects(files.createFile(agent.at('missing/file'), {}, never), { code: 'guest-refused' })
  await assert.rejects(files.makeFolder(agent.at('there/below'), never), { code: 'guest-refused' })
  for (const name of ['a\0b', 'a\udcff']) {
    await assert.rejects(files.createFile(agent.at(name), {}, never), { code: 'invalid-argument' })
  }
  assert.deepEqual(await agent.names(), ['dangling', 'folder', 'there'])
  assert.equal(await readFile(agent.at('there'), 'utf8'), 'old')
})

test('a name that is taken while the bytes come stays with who took it, and nothing half is left', async () => {
  await using agent = await realAgent()
  await using files = await guestFiles(agent.ask, systemClock, never)
  {
    await using file = await files.createFile(agent.at('name'), {}, never)
    await file.write(Buffer.from('ours'), never)
    await writeFile(agent.at('name'), 'theirs')
    await assert.rejects(file.finish(never), { code: 'target-exists' })
  }
  {
    await using file = await files.createFile(agent.at('given up'), {}, never)
    await file.write(Buffer.from('half'), never)
  }
  assert.equal(await readFile(agent.at('name'), 'utf8'), 'theirs')
  assert.deepEqual(await agent.names(), ['name'])
})

test('an agent that runs no programs still writes files where none are, and cuts off nothing', async () => {
  await using agent = await realAgent('guest-exec')
  await using files = await guestFiles(agent.ask, systemClock, never)
  assert.equal(files.hasFolders, false)
  const bytes = randomBytes(150_000)
  await using file = await files.createFile(agent.at('new'), {}, never)
  await file.write(bytes, never)
  await file.finish(never)
  assert.ok(bytes.equals(await readFile(agent.at('new'))))
  await writeFile(agent.at('there'), 'old')
  await assert.rejects(files.createFile(agent.at('there'), {}, never), { code: 'target-exists' })
  assert.equal(await readFile(agent.at('there'), 'utf8'), 'old')
  await assert.rejects(files.makeFolder(agent.at('folder'), never), { code: 'guest-refused' })
  await assert.rejects(files.createLink(agent.at('link'), 'x', never), { code: 'guest-refused' })
  assert.deepEqual(await agent.names(), ['new', 'there'])
})

test('an agent that opens no files is refused by the name of what it lacks', async () => {
  await using agent = await realAgent('guest-file-open')
  await assert.rejects(guestFiles(agent.ask, systemClock, never), (thrown) => {
    assert.ok(thrown instanceof Failure)
    return thrown.code === 'guest-refused' && thrown.message.includes('guest-file-open')
  })
})
