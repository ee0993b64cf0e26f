import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'
import { preferredRepository } from './backup-repository.ts'

function repository(id: string, rest: Partial<Repository> = {}): Repository {
  const address = { kind: 'folder', folder: `/${id}` } as const
  return { id, address, state: 'open', points: 0, coverage: { verified: 0, damaged: [] }, ...rest }
}

function pointIn(repositoryId: string): Point {
  const bytes = { bytesRead: 0, bytesSent: 0, bytesStored: 0 }
  const kind = { method: 'full', consistency: 'off' } as const
  return {
    id: 'p',
    repositoryId,
    machineId: 'm',
    machineName: 'm',
    createdAt: 1,
    ...kind,
    warnings: [],
    disks: [],
    ...bytes,
  }
}

test('a machine goes on where its newest point lies', () => {
  const points = new Map([['m', [pointIn('b'), pointIn('a')]]])
  assert.equal(preferredRepository(['new', 'm'], [repository('a'), repository('b')], points), 'b')
})

test('what cannot be written to is never preferred', () => {
  const points = new Map([['m', [pointIn('b')]]])
  const closed = [repository('a', { state: 'locked' }), repository('b', { readOnly: 'mounted read-only' })]
  assert.equal(preferredRepository(['m'], [...closed, repository('c')], points), 'c')
  assert.equal(preferredRepository(['m'], closed, points), undefined)
})
