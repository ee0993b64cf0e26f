import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import { Changes } from './changes.ts'
import type { LibvirtConnection } from './connection.ts'
import { Link } from './link.ts'

/** Writes down how long it was asked to sleep, and sleeps one turn. */
function quickClock(slept: number[]): Clock {
  return {
    now: () => 0,
    elapsed: () => 0,
    async sleep(ms, signal) {
      slept.push(ms)
      await turn(undefined, { signal })
    },
  }
}

/** As much of a connection as a link looks at. */
function looseConnection() {
  const loss = new AbortController()
  const connection: Pick<LibvirtConnection, 'lost' | typeof Symbol.asyncDispose> = {
    lost: loss.signal,
    [Symbol.asyncDispose]: async () => loss.abort(new Failure('host-unreachable', 'closed here')),
  }
  const lose = () => loss.abort(new Failure('host-unreachable', 'the daemon stopped'))
  return { connection: connection as LibvirtConnection, lose }
}

test('a lost connection comes back, and callers hear why it is away meanwhile', async () => {
  const slept: number[] = []
  const changes: (LibvirtConnection | undefined)[] = []
  const first = looseConnection()
  const second = looseConnection()
  let attempts = 0
  const open = async () => {
    attempts++
    if (attempts < 9) throw new Failure('host-unreachable', `attempt ${attempts}`)
    return second.connection
  }
  await using link = new Link(first.connection, {
    open,
    clock: quickClock(slept),
    onChange: (now) => changes.push(now),
  })
  assert.equal(link.connection(), first.connection)
  first.lose()
  assert.throws(() => link.connection(), /the daemon stopped/)
  while (attempts < 3) await turn()
  assert.throws(() => link.connection(), /attempt \d/)
  while (changes.length < 3) await turn()
  assert.equal(link.connection(), second.connection)
  assert.deepEqual(changes, [first.connection, undefined, second.connection])
  assert.deepEqual(slept, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
})

test('a connection that is lost before it is looked at is replaced too', async () => {
  const first = looseConnection()
  const second = looseConnection()
  first.lose()
  await using link = new Link(first.connection, {
    open: async () => second.connection,
    clock: quickClock([]),
    onChange: () => {},
  })
  await turn()
  await turn()
  assert.equal(link.connection(), second.connection)
})

test('disposing ends the attempts and closes a connection that comes too late', async () => {
  const first = looseConnection()
  const late = looseConnection()
  const opening = Promise.withResolvers<LibvirtConnection>()
  const link = new Link(first.connection, { open: () => opening.promise, clock: quickClock([]), onChange: () => {} })
  first.lose()
  await turn()
  await link[Symbol.asyncDispose]()
  opening.resolve(late.connection)
  await turn()
  assert.ok(late.connection.lost.aborted)
})

test('changes that come close together are told once, and none after disposing', async () => {
  const slept: number[] = []
  const changes = new Changes(quickClock(slept))
  let told = 0
  changes.listen(() => told++)
  for (let round = 0; round < 10; round++) changes.notify()
  await turn()
  await turn()
  assert.equal(told, 1)
  changes.notify()
  await turn()
  await turn()
  assert.equal(told, 2)
  changes.notify()
  changes[Symbol.dispose]()
  await turn()
  await turn()
  assert.equal(told, 2)
})
