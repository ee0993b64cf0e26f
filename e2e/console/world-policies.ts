import type { Policy } from '../../shared/policy.ts'
import { hour, machineId, now, repositoryId } from './world-words.ts'

const keepSome = { last: 0, hourly: 0, daily: 7, weekly: 4, monthly: 12, yearly: 0, minimum: 3 }
const keepAll = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }

/** One that works, one that could not start, one that is off. */
export function policiesOf(): readonly Policy[] {
  return [
    {
      id: '1'.repeat(32),
      name: 'Nightly',
      enabled: true,
      machineIds: [0, 1, 3, 5].map(machineId),
      excluded: [],
      freeze: true,
      repositoryId,
      rules: [
        { method: 'incremental', on: { kind: 'every-day' }, hour: 22, minute: 0 },
        { method: 'full', on: { kind: 'weekdays', days: [0] }, hour: 22, minute: 0 },
        { method: 'differential', on: { kind: 'month-day', day: 1 }, hour: 22, minute: 0 },
      ],
      retention: keepSome,
      createdAt: now - 400 * hour,
      lastAt: now - 18 * hour,
      nextAt: now + 6 * hour,
    },
    {
      id: '2'.repeat(32),
      name: 'Build hosts, every noon',
      enabled: true,
      machineIds: [7, 8].map(machineId),
      excluded: [],
      freeze: false,
      repositoryId: 'c'.repeat(32),
      rules: [{ method: 'incremental', on: { kind: 'every-day' }, hour: 12, minute: 0 }],
      retention: keepAll,
      createdAt: now - 300 * hour,
      lastAt: now - 4 * hour,
      nextAt: now + 20 * hour,
      problem: 'The repository /mnt/old is locked',
    },
    {
      id: '3'.repeat(32),
      name: 'Before the yearly audit',
      enabled: false,
      machineIds: [machineId(4)],
      excluded: [],
      freeze: true,
      repositoryId,
      rules: [],
      retention: keepSome,
      createdAt: now - 200 * hour,
    },
  ]
}
