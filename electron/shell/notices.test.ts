import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine } from './fake-facts.ts'
import { noticeWords } from './notice-words.ts'
import { type Notice, Notices } from './notices.ts'
import { firstOverview, type Light, type Overview } from './overview.ts'
import { texts } from './text.ts'

const minute = 60_000

function overview(light: Light, quiet: readonly string[] = [], present: readonly string[] = ['a', 'b', 'c']): Overview {
  const machineIds = present.map((letter) => machine(letter).id)
  return { ...firstOverview, light, machineIds, quiet: quiet.map(machine) }
}

/** Looks once a minute and answers what was told, as words. */
function tell(notices: Notices, looks: readonly Overview[], from = 0): readonly string[] {
  return looks.flatMap((look, at) => notices.consider(look, from + at * minute).map(wordsOf))
}

function wordsOf(notice: Notice): string {
  return notice.kind === 'light' ? notice.light : `quiet ${notice.machines.map(({ name }) => name.at(-1)).join('')}`
}

test('a change of the worst state is told once, when it has held for a minute; how it is at first is no news', () => {
  const notices = new Notices(undefined)
  const looks = ['protected', 'protected', 'at-risk', 'at-risk', 'at-risk', 'protected', 'protected'] as const
  assert.deepEqual(
    tell(
      notices,
      looks.map((light) => overview(light)),
    ),
    ['at-risk', 'protected'],
  )
})

test('a state that passes is not told, neither is a console that is still starting or has no machines', () => {
  const notices = new Notices(undefined)
  const looks = ['starting', 'starting', 'protected', 'protected', 'unprotected', 'protected', 'protected'] as const
  assert.deepEqual(
    tell(
      notices,
      looks.map((light) => overview(light)),
    ),
    [],
  )
  const empty = ['nothing', 'nothing', 'protected', 'protected', 'nothing', 'nothing'] as const
  assert.deepEqual(
    tell(
      notices,
      empty.map((light) => overview(light)),
      100 * minute,
    ),
    [],
  )
})

test('what was told before a restart is not told again, and what changed meanwhile is', () => {
  const kept = JSON.parse(JSON.stringify({ light: 'at-risk', quiet: [machine('a').id] })) as unknown
  assert.deepEqual(tell(new Notices(kept), [overview('at-risk', ['a']), overview('at-risk', ['a'])]), [])
  assert.deepEqual(tell(new Notices(kept), [overview('unprotected'), overview('unprotected')]), ['unprotected'])
})

test('a dead engine is told, and so is its return', () => {
  const looks = ['protected', 'protected', 'engine-dead', 'engine-dead', 'protected', 'protected'] as const
  assert.deepEqual(
    tell(
      new Notices(undefined),
      looks.map((light) => overview(light)),
    ),
    ['engine-dead', 'protected'],
  )
})

test('each quiet machine is told once, and again only after it had a good point', () => {
  const quiet = [[], [], ['a'], ['a', 'b'], ['a', 'b'], ['b'], ['a', 'b']]
  const looks = quiet.map((letters) => overview('at-risk', letters))
  assert.deepEqual(tell(new Notices(undefined), looks), ['quiet a', 'quiet b', 'quiet a'])
})

test('a quiet machine whose host is away for a while is not told again when it is back', () => {
  const notices = new Notices(undefined)
  const away = overview('at-risk', [], ['b'])
  const looks = [overview('at-risk', ['a']), overview('at-risk', ['a']), away, overview('at-risk', ['a'])]
  assert.deepEqual(tell(notices, looks), ['quiet a'])
})

test('whatever else a file holds is as if nothing was told', () => {
  for (const kept of [null, 7, [], { light: 'purple', quiet: 'all' }, { quiet: [1, {}] }])
    assert.deepEqual(new Notices(kept).told, { quiet: [] })
})

test('the words name few machines, tame their names, and count the rest', () => {
  const machines = ['a', 'b', 'c', 'd', 'e'].map((letter) => ({ ...machine(letter), name: `<b>${letter}` }))
  const notice = { kind: 'quiet', machines } as const
  const words = noticeWords(notice, overview('at-risk'), 2, texts.en)
  assert.deepEqual(words, { title: 'No good backup for 2 days', body: '‹b›a, ‹b›b, ‹b›c and 2 more' })
  assert.match(noticeWords(notice, overview('at-risk'), 2, texts['zh-CN']).body, /^‹b›a、‹b›b、‹b›c 等 5 台$/)
})
