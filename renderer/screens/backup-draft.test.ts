import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../shared/policy.ts'
import { policyWish } from '../../shared/policy.ts'
import { type BackupDraft, backupSteps, firstDraft, type Known, lackOf, wishOf } from './backup-draft.ts'
import { wishOfPolicy, withMachines } from './policy-wish.ts'

const erp = '00000000-0000-4000-8000-000000000001'
const web = '00000000-0000-4000-8000-000000000002'
const repositoryId = 'a'.repeat(32)
const known: Known = {
  disks: new Map([
    [erp, ['vda', 'vdb']],
    [web, ['vda']],
  ]),
  suggestedName: 'Nightly',
}

const policy: Policy = {
  id: 'b'.repeat(32),
  createdAt: 1,
  name: 'Databases',
  enabled: false,
  machineIds: [erp],
  excluded: [{ machineId: erp, disk: 'vdb' }],
  freeze: false,
  repositoryId,
  rules: [{ method: 'full', on: { kind: 'month-day', day: 31 }, hour: 3, minute: 15 }],
  retention: { last: 0, hourly: 0, daily: 3, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
}

test('a new draft is a whole policy as soon as machines and a repository are chosen', () => {
  const wish = wishOf(firstDraft([erp, web, erp], undefined, repositoryId), known)
  assert.ok(wish)
  assert.deepEqual(policyWish.parse(wish), wish)
  assert.deepEqual([wish.name, wish.machineIds, wish.rules.length], ['Nightly', [erp, web], 3])
})

test('a policy that is opened and saved unchanged says what it said', () => {
  const trusted: Policy = { ...policy, enact: true, copies: ['c'.repeat(32)], verifyEveryDays: 7 }
  for (const each of [policy, trusted]) {
    assert.deepEqual(wishOf(firstDraft([], each, undefined), known), wishOfPolicy(each))
    assert.deepEqual(policyWish.parse(wishOfPolicy(each)), wishOfPolicy(each))
  }
})

test('points are never copied to the repository in which they are made', () => {
  const draft = { ...firstDraft([web], undefined, repositoryId), copies: [repositoryId, 'c'.repeat(32)] }
  assert.deepEqual(wishOf(draft, known)?.copies, ['c'.repeat(32)])
})

test('each step names what it lacks, and nothing is asked of the engine while one does', () => {
  const whole = firstDraft([erp, web], undefined, repositoryId)
  const everyDisk = ['vda', 'vdb'].map((disk) => ({ machineId: erp, disk }))
  const [rule] = whole.rules
  assert.ok(rule)
  const many = Array.from({ length: 51 }, (_, at) => `0:${String(at).padStart(2, '0')}`).join()
  const lacking: readonly (readonly [Partial<BackupDraft>, string, string])[] = [
    [{ machineIds: [] }, 'machines', 'no-machine'],
    [{ excluded: everyDisk }, 'what', 'no-disk'],
    [{ repositoryId: undefined }, 'where', 'no-repository'],
    [{ rules: [{ ...rule, times: '25:00' }] }, 'when', 'rule'],
    [{ rules: [{ ...rule, times: many }] }, 'when', 'too-many-rules'],
    [{ name: '  ' }, 'summary', 'no-name'],
  ]
  for (const [change, step, lack] of lacking) {
    const draft = { ...whole, ...change }
    const found = backupSteps.map((each) => lackOf(each, draft, known)).filter((each) => each !== undefined)
    assert.deepEqual(found, [lack])
    assert.equal(lackOf(backupSteps.find((each) => each === step) ?? 'keep', draft, known), lack)
    assert.equal(wishOf(draft, known), undefined)
  }
})

test('disks left out of a machine that was taken out again are forgotten', () => {
  const draft = { ...firstDraft([web], undefined, repositoryId), excluded: [{ machineId: erp, disk: 'vda' }] }
  assert.deepEqual(wishOf(draft, known)?.excluded, [])
})

test('adding machines that a policy has already changes nothing', () => {
  assert.equal(withMachines(policy, [erp]), undefined)
  assert.deepEqual(withMachines(policy, [web, erp, web]), wishOfPolicy(policy, { machineIds: [erp, web] }))
})
