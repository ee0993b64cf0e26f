import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { hostOf, isGone, thisHolder } from './holder.ts'

const script = `import { thisHolder } from ${JSON.stringify(new URL('./holder.ts', import.meta.url).href)}
process.stdout.write(thisHolder())
process.stdin.resume()`
const skip = process.platform !== 'linux' && 'only Linux tells when a process began'

test('a holder is gone as soon as its process was killed, and not before', { skip }, async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  const holder = bytes.toString()
  assert.equal(isGone(holder), false)
  child.kill('SIGKILL')
  await exited
  assert.equal(isGone(holder), true)
  for (const [at, other] of [
    [0, 'elsewhere'],
    [1, '00000000-0000-4000-8000-000000000000'],
    [2, 'pid:[1],time:[1]'],
  ] as const) {
    assert.equal(isGone(holder.split(' ').with(at, other).join(' ')), false, `of another machine: ${other}`)
  }
})

test('a process that got the number of one that ended is not taken for it', { skip }, () => {
  const reused = thisHolder().split(' ').with(3, String(process.ppid)).with(4, '1').join(' ')
  assert.equal(isGone(reused), true)
})

test('this process is not gone, and neither is anybody of whom no process is told', () => {
  for (const holder of [thisHolder(), hostname(), '', 'nonsense 1 2 3 4', `${hostname()} a b 0 1`]) {
    assert.equal(isGone(holder), false, holder)
  }
})

test('people are shown the name of the host alone', () => {
  assert.equal(hostOf(thisHolder()), hostname())
  assert.equal(hostOf('desk'), 'desk')
})
