import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answer,
  type Choice,
  clicked,
  extend,
  nothingChosen,
  pressed,
  stand,
  toggle,
  toggleAll,
} from './row-choice.ts'

const keys = ['a', 'b', 'c', 'd', 'e']

test('Shift chooses from where the choice began to here, in both directions, and keeps what was chosen', () => {
  const begun = toggle(toggle(nothingChosen, 'a'), 'c')
  assert.deepEqual([...extend(begun, 'e', keys).chosen].toSorted(), ['a', 'c', 'd', 'e'])
  assert.deepEqual([...extend(begun, 'b', keys).chosen].toSorted(), ['a', 'b', 'c'])
})

test('Shift without a beginning chooses this row, also when the beginning was filtered away', () => {
  assert.deepEqual([...extend(nothingChosen, 'd', keys).chosen], ['d'])
  assert.deepEqual([...extend({ ...nothingChosen, anchor: 'gone' }, 'b', keys).chosen], ['a', 'b'])
})

test('choosing all twice chooses none, and a row that is not shown does not count', () => {
  const all = toggleAll(toggle(nothingChosen, 'hidden'), keys)
  assert.equal(all.chosen.size, 6)
  assert.equal(toggleAll(all, keys).chosen.size, 0)
})

const plain = { shiftKey: false, ctrlKey: false, metaKey: false }

test('keys move and choose by the rows as they are shown, and mean nothing else', () => {
  const press = (choice: Choice, key: string, held = {}): Answer | undefined =>
    pressed(choice, keys, { key, ...plain, ...held })
  const first = press(nothingChosen, 'ArrowDown')
  assert.deepEqual(first, { kind: 'choose', choice: stand(nothingChosen, 'a') })
  const atC = stand(nothingChosen, 'c')
  assert.deepEqual(press(atC, ' '), { kind: 'choose', choice: toggle(atC, 'c') })
  assert.deepEqual(press(atC, 'End', { shiftKey: true }), { kind: 'choose', choice: extend(atC, 'e', keys) })
  assert.deepEqual(press(atC, 'A', { ctrlKey: true }), { kind: 'choose', choice: toggleAll(atC, keys) })
  assert.deepEqual(press(atC, 'Enter'), { kind: 'open', key: 'c' })
  assert.deepEqual(press(atC, 'F10', { shiftKey: true }), { kind: 'menu', key: 'c' })
  for (const odd of ['F10', 'a', 'Tab']) assert.equal(press(atC, odd), undefined)
  assert.equal(press(stand(nothingChosen, 'filtered away'), 'Enter'), undefined)
})

test('a click stands on a row, its tick or Ctrl choose it, and neither forgets the others', () => {
  const begun = toggle(nothingChosen, 'a')
  const chosenBy = (part: string | undefined, held = {}): readonly string[] => {
    const answer = clicked(begun, keys, 'c', part, { ...plain, ...held })
    return answer.kind === 'choose' ? [...answer.choice.chosen] : [answer.kind]
  }
  assert.deepEqual(chosenBy(undefined), ['a'])
  assert.deepEqual(chosenBy('tick'), ['a', 'c'])
  assert.deepEqual(chosenBy(undefined, { ctrlKey: true }), ['a', 'c'])
  assert.deepEqual(chosenBy(undefined, { shiftKey: true }), ['a', 'b', 'c'])
  assert.deepEqual(chosenBy('menu'), ['menu'])
})
