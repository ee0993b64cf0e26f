import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RunError, run, start } from './run.ts'

const signal = new AbortController().signal
const node = process.execPath

test('arguments reach the program as they are', async () => {
  const hostile = ['$(id)', '; rm -rf /', '`x`', '--flag', "'", '"', '*', '\n']
  const { stdout } = await run(node, ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...hostile], {}, signal)
  assert.deepEqual(JSON.parse(stdout), hostile)
})

test('what goes in comes out', async () => {
  const { stdout } = await run(node, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'a\nb' }, signal)
  assert.equal(stdout, 'a\nb')
})

test('a program that is not installed is told by name', async () => {
  await assert.rejects(run('no-such-program', [], {}, signal), { code: 'tool-missing', message: /no-such-program/ })
  await assert.rejects(start('no-such-program', [], signal), { code: 'tool-missing' })
})

test('a program that fails is an error with its code and the end of what it said', async () => {
  await assert.rejects(run(node, ['-e', 'console.error("why"); process.exit(3)'], {}, signal), (thrown) => {
    assert.ok(thrown instanceof RunError)
    assert.equal(thrown.exitCode, 3)
    assert.equal(thrown.stderr, 'why\n')
    return true
  })
})

test('a program that reads nothing of its input does not break us', async () => {
  await run(node, ['-e', 'process.exit(0)'], { input: new Uint8Array(2 ** 20) }, signal)
})

test('a program that talks without end is stopped', async () => {
  const endless = 'for (;;) require("fs").writeSync(1, "x".repeat(65536))'
  await assert.rejects(run(node, ['-e', endless], {}, signal), RunError)
})

test('a program that takes longer than it may is stopped, even if it ignores SIGTERM', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'
  await assert.rejects(run(node, ['-e', stubborn], { timeoutMs: 300 }, signal), RunError)
})

test('an aborted run ends with the signal and leaves no process', async () => {
  const abort = new AbortController()
  const running = run(node, ['-e', 'setInterval(() => {}, 1000)'], {}, abort.signal)
  setImmediate(() => abort.abort())
  await assert.rejects(running, { name: 'AbortError' })
})

test('disposing a child resolves when it is gone', async () => {
  const child = await start(node, ['-e', 'setInterval(() => {}, 1000)'], signal)
  assert.ok(process.kill(child.pid, 0))
  await child[Symbol.asyncDispose]()
  assert.equal((await child.exited).signal, 'SIGTERM')
  assert.throws(() => process.kill(child.pid, 0), { code: 'ESRCH' })
})
