import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchdogCommand, watchOf } from './watchdog-command.ts'

const watch = { uri: 'qemu:///session?socket=/tmp/a b', machineId: '--虚拟机', limitMs: 20_000 }
const node = { execPath: '/usr/bin/node', versions: {} }
const electron = { execPath: '/opt/Stillpoint/stillpoint', versions: { electron: '45.4.1' } }

test('the watchdog is told the same however it is started, in one word that looks like no address', () => {
  const places = [
    [node, 'file:///x/watchdog.ts'],
    [node, 'file:///x/dist/shared-1.js'],
    [electron, 'file:///x/dist/shared-1.js'],
    [electron, 'file:///opt/Stillpoint/resources/app.asar.unpacked/dist/shared-1.js'],
  ] as const
  for (const [runtime, place] of places) {
    const { words } = watchdogCommand(watch, place, runtime)
    assert.deepEqual(watchOf([runtime.execPath, ...words]), watch)
    assert.match(words.at(-1) ?? '', /^--[\w-]+=[\w-]+$/)
  }
})

test('Node runs the watchdog itself, Electron the console; packed, Electron knows its console', () => {
  const entries = (runtime: typeof node | typeof electron, place: string) =>
    watchdogCommand(watch, place, runtime).words.slice(0, -1)
  assert.deepEqual(entries(node, 'file:///x/watchdog.ts'), ['/x/watchdog-process.ts'])
  assert.deepEqual(entries(node, 'file:///x/dist/shared-1.js'), ['/x/dist/freeze-watchdog.js'])
  assert.deepEqual(entries(electron, 'file:///x/dist/shared-1.js'), ['/x/dist/main.js'])
  assert.deepEqual(entries(electron, 'file:///o/resources/app.asar.unpacked/dist/shared-1.js'), [])
})

test('a process that was started for something else has nothing to watch', () => {
  assert.equal(watchOf(['/usr/bin/node', '/x/main.js', '--stillpoint']), undefined)
})
