import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { decodeName, encodeName, fold, gramsIn, gramsOf, isAtWordStart, marked } from './name-text.ts'

const anyName = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 12 })

test('every name comes back from what is kept of it, and that has no half of a surrogate pair', () => {
  void fc.assert(
    fc.property(anyName, (name) => {
      assert.equal(decodeName(encodeName(name)), name)
      assert.ok(encodeName(name).isWellFormed())
      assert.ok(!encodeName(name).includes('/'))
    }),
  )
})

test('the trigrams of any part of a name are among those of the name', () => {
  void fc.assert(
    fc.property(anyName, fc.nat(12), fc.nat(12), (name, start, length) => {
      const folded = fold(encodeName(name))
      const part = [...folded].slice(start, start + length).join('')
      const all = gramsIn(marked(folded))
      for (const gram of gramsOf(part, false)) assert.ok(all.includes(gram))
    }),
  )
})

test('a word begins behind what is no letter and no digit, not inside of a word', () => {
  assert.ok(isAtWordStart('annual_report-2026.pdf', 'report'))
  assert.ok(isAtWordStart('annual_report-2026.pdf', '2026.p'))
  assert.ok(!isAtWordStart('annual_report-2026.pdf', 'eport'))
  assert.ok(isAtWordStart('年度 报告', '报告'))
  assert.ok(!isAtWordStart('年度报告', '报告'))
})
