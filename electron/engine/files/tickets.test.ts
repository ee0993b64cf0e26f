import assert from 'node:assert/strict'
import test from 'node:test'
import { Tickets } from './tickets.ts'

const ticketed = { as: 'file', name: 'a', items: [{ pointId: 'p', volumeId: 'v', path: '/a' }] } as const

function ticking() {
  let now = 0
  const clock = { now: () => 0, elapsed: () => now, sleep: async () => undefined }
  const pass = (minutes: number): void => {
    now += minutes * 60_000
  }
  return { tickets: new Tickets(clock), pass }
}

test('a ticket is good for any number of uses until nobody uses it for ten minutes', () => {
  const { tickets, pass } = ticking()
  const ticket = tickets.issue(ticketed)
  assert.match(ticket, /^[A-Za-z0-9_-]{43}$/)
  for (let use = 0; use < 5; use++) {
    pass(9)
    assert.equal(tickets.use(ticket), ticketed)
  }
  pass(10)
  assert.equal(tickets.use(ticket), undefined)
})

test('a ticket that nobody issued opens nothing', () => {
  const { tickets } = ticking()
  tickets.issue(ticketed)
  assert.equal(tickets.use('A'.repeat(43)), undefined)
})

test('of more than a thousand tickets the ones used longest ago go', () => {
  const { tickets } = ticking()
  const [first = '', ...rest] = Array.from({ length: 1001 }, () => tickets.issue(ticketed))
  assert.equal(tickets.use(first), undefined)
  assert.ok(rest.every((ticket) => tickets.use(ticket) === ticketed))
})
