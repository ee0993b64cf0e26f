import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'
import { countCopies, holdersOf, isIn } from './copies.ts'

function point(repositoryId: string, copies?: readonly string[]): Point {
  return { repositoryId, ...(copies === undefined ? {} : { copies: [...copies] }) } as Point
}

function repository(id: string, rest: Partial<Repository> = {}): Repository {
  return { id, address: { kind: 'folder', folder: `/${id}` }, ...rest } as Repository
}

const bucket = { kind: 's3', region: 'eu', bucket: 'abc', prefix: '', pathStyle: false } as const
const house = { medium: 'disk', site: 'House' } as const
const away = { medium: 'object-store', site: 'away' } as const

test('a point lies where it is read first and where its copies are, each named once', () => {
  assert.deepEqual(holdersOf(point('a', ['b', 'a'])), ['a', 'b'])
  assert.ok(isIn(point('a', ['b']), 'b'))
  assert.ok(!isIn(point('a'), 'b'))
})

test('without points there is nothing to count', () => assert.equal(countCopies([], [repository('a')]), undefined))

test('the point with the fewest copies decides, and says how many are short', () => {
  const repositories = [repository('a', { place: house }), repository('b', { address: bucket, place: away })]
  assert.deepEqual(countCopies([point('a', ['b']), point('b', ['a'])], repositories), {
    fewest: { copies: 3, media: 2, sites: 2, credentials: 2 },
    short: 0,
    unsaid: 0,
  })
  assert.deepEqual(countCopies([point('a', ['b']), point('a'), point('b')], repositories), {
    fewest: { copies: 2, media: 1, sites: 1, credentials: 1 },
    short: 2,
    unsaid: 0,
  })
})

test('what nobody has said counts as nothing, and the same site spelled otherwise is one', () => {
  const repositories = [
    repository('a', { place: house }),
    repository('b', { place: { medium: 'disk', site: ' house' } }),
  ]
  assert.deepEqual(countCopies([point('a', ['b'])], repositories)?.fewest, {
    copies: 3,
    media: 1,
    sites: 1,
    credentials: 1,
  })
  assert.equal(countCopies([point('a', ['b'])], [repository('a'), repository('b', { place: house })])?.unsaid, 1)
})

test('a copy in a repository that is not known here is no copy', () => {
  assert.equal(countCopies([point('a', ['gone'])], [repository('a')])?.fewest.copies, 2)
})

test('two buckets of one endpoint count as one account, two endpoints as two', () => {
  const at = (endpoint: string): Partial<Repository> => ({ address: { ...bucket, endpoint } })
  const credentials = (a: string, b: string): number | undefined =>
    countCopies([point('a', ['b'])], [repository('a', at(a)), repository('b', at(b))])?.fewest.credentials
  assert.equal(credentials('https://one', 'https://ONE'), 1)
  assert.equal(credentials('https://one', 'https://two'), 2)
})
