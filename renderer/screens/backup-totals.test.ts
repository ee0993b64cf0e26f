import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totalsOf } from './backup-totals.ts'

test('a plan’s totals add up over its machines and say what each was told by', () => {
  const machine = { machineId: 'm', obstacles: [] }
  const machines = [
    { ...machine, basis: 'first' as const, bytesRead: 40, bytesStored: 30 },
    { ...machine, basis: 'history' as const, bytesRead: 2, bytesStored: 1 },
    { ...machine, basis: 'history' as const, bytesRead: 3, bytesStored: 1 },
  ]
  assert.deepEqual(totalsOf({ machines }), {
    bytesRead: 45,
    bytesStored: 32,
    bases: { first: 1, history: 2, unknown: 0 },
  })
})
