import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { isAlive, thisOwner } from './owner.ts'

const script = `import { thisOwner } from ${JSON.stringify(new URL('./owner.ts', import.meta.url).href)}
process.stdout.write(thisOwner())
process.stdin.resume()`

test('an engine is alive as long as its process is, and no longer', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  const owner = bytes.toString()
  assert.equal(isAlive(owner, thisOwner()), true)
  const exited = once(child, 'exit')
  child.stdin.end()
  await exited
  assert.equal(isAlive(owner, thisOwner()), false)
})

test('an engine that died before in this very process is dead', () => {
  const self = thisOwner()
  assert.equal(isAlive(self, self), true)
  assert.equal(isAlive(thisOwner(), self), false)
})

test('a process that got a dead engine’s number is not that engine', {
  skip: process.platform !== 'linux' && 'only Linux tells when a process began',
}, () => {
  assert.equal(isAlive(`${process.ppid} some-boot/1 ${'0'.repeat(16)}`, thisOwner()), false)
})

test('text that names no process is a dead engine', () => {
  assert.equal(isAlive('', thisOwner()), false)
  assert.equal(isAlive('nonsense', thisOwner()), false)
})
