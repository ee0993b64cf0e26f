import type { Handlers, Result } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { KeySlot, Repository, StoreProbe } from '../../shared/repository.ts'
import { GiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'
import { busyWorld, hour, now, point, repositoryId, run } from './worlds.ts'

export const bucketId = 'd'.repeat(32)
export const bucketName = 's3://vm-backups/house/'
export const runId = 'e'.repeat(32)
export const recoverySecret = 'STILLPOINT-KEY-1 c2VjcmV0'

export const goodProbe: StoreProbe = {
  at: now - hour,
  exclusive: true,
  checksum: 'refused',
  versioning: 'on',
  lock: 'enforced',
  listing: true,
  removal: true,
  skewMs: 400,
}

const bucket: Repository = {
  id: bucketId,
  address: {
    kind: 's3',
    endpoint: 'https://s3.example.org:9000',
    region: 'eu-central-1',
    bucket: 'vm-backups',
    prefix: 'house/',
    pathStyle: true,
  },
  state: 'open',
  points: 2,
  storedBytes: 40 * GiB,
  coverage: { verified: 1, oldestAt: now - 90 * hour, damaged: [] },
  probe: goodProbe,
  lock: { mode: 'governance', days: 30 },
  lockTruth: { at: now - hour, until: now + 700 * hour, objects: 5120, unlocked: 0, canary: 'refused' },
  place: { medium: 'object-store', site: 'Frankfurt' },
  trashed: 2,
  unneededBytes: 7 * GiB,
  sweptAt: now - 20 * hour,
  epoch: 2,
}

/** The busy world with a bucket beside its folder: two points lie in both, two more in the bucket's trash. */
export function trustWorld(): World {
  const world = busyWorld()
  return {
    ...world,
    points: world.points.map((each, at) =>
      at < 2 ? { ...each, copies: [bucketId], labels: ['audit'], lockedUntil: now + 700 * hour } : each,
    ),
    repositories: [...world.repositories, bucket].map((each) =>
      each.id === repositoryId ? { ...each, place: { medium: 'nas', site: 'Server room' } } : each,
    ),
    runs: [...upkeepRuns(), ...world.runs],
  }
}

function upkeepRuns(): World['runs'] {
  const of = { repositoryId: bucketId, endedAt: now - hour }
  return [
    run(80, {
      ...of,
      kind: 'sweep',
      sweep: {
        purged: 3,
        marked: 41,
        markedBytes: 7 * GiB,
        revived: 1,
        removed: 12,
        removedBytes: 2 * GiB,
        locked: 4,
        repacked: 0,
        repackedBytes: 0,
      },
    }),
    run(81, { ...of, kind: 'lock', lock: { at: now, objects: 5120, unlocked: 3, canary: 'deleted' } }),
    run(82, { ...of, kind: 'copy', sourceId: repositoryId, count: 7 }),
    run(83, { ...of, kind: 'retention', policyId: '1'.repeat(32), count: 5 }),
    run(84, {
      ...of,
      kind: 'mend',
      state: 'failed',
      failure: { code: 'lease-lost', message: 'Lease 12 was released' },
    }),
  ]
}

const slots: readonly KeySlot[] = [
  { id: '1a'.repeat(32), kind: 'passphrase', damaged: false },
  { id: '2b'.repeat(32), kind: 'recovery-words', damaged: true },
]

/** What the engine was asked to do, by the call's name, in order. */
export type AskedCalls = (readonly [call: string, argument: unknown])[]

/** An engine that keeps slots and trash, starts any run and writes down what it was asked. */
export function trustEngine(world: World): {
  readonly asked: AskedCalls
  readonly played: Partial<Handlers<AbortSignal>>
} {
  const asked: AskedCalls = []
  let keys = [...slots]
  let trash: Result<'listTrash'> = [300, 301].map((number, at) => ({
    point: { ...point(number, 3, 'file-01', 24 * 40 + at, false), repositoryId: bucketId },
    droppedAt: now - 48 * hour,
    why: at === 0 ? 'retention' : 'person',
    purgeAt: now + (120 + at) * hour,
  }))
  const starts =
    (call: string) =>
    async (argument: unknown): Promise<{ runId: string }> => {
      asked.push([call, argument])
      return { runId }
    }
  const does =
    (call: string, act: () => void = () => undefined) =>
    async (argument: unknown): Promise<null> => {
      asked.push([call, argument])
      act()
      return null
    }
  const change = (id: string, rest: Partial<Repository>): void => {
    world.repositories = world.repositories.map((each) => (each.id === id ? { ...each, ...rest } : each))
  }
  const played: Partial<Handlers<AbortSignal>> = {
    startSweep: starts('startSweep'),
    startLock: starts('startLock'),
    startMend: starts('startMend'),
    startCopy: starts('startCopy'),
    startRetention: starts('startRetention'),
    showRun: async () => run(1, { id: runId, kind: 'sweep', state: 'queued', repositoryId: bucketId }),
    listTrash: async () => trash,
    recoverPoints: async (argument) => {
      asked.push(['recoverPoints', argument])
      trash = trash.filter(({ point: { id } }) => !argument.pointIds.includes(id))
      return null
    },
    deletePoints: async (argument) => {
      asked.push(['deletePoints', argument])
      const gone = world.points.filter(({ id }) => argument.pointIds.includes(id))
      const dropped = { droppedAt: now, why: 'person', purgeAt: now + 168 * hour } as const
      trash = [...trash, ...gone.map((each) => ({ point: each, ...dropped }))]
      return null
    },
    listSlots: async () => keys,
    changePassphrase: does('changePassphrase'),
    addPassphrase: async (argument) => {
      asked.push(['addPassphrase', argument])
      const slotId = '3c'.repeat(32)
      keys = [...keys, { id: slotId, kind: 'passphrase', damaged: false }]
      return { slotId }
    },
    renewRecoveryWords: async () => ({ recoveryWords: Array.from({ length: 24 }, (_, at) => `new${at}`).join(' ') }),
    addRecoveryKey: async () => ({ slotId: '4d'.repeat(32), secret: recoverySecret }),
    removeSlot: async (argument) => {
      asked.push(['removeSlot', argument])
      if (keys.filter(({ damaged }) => !damaged).length < 2 && argument.slotId === slots[0]?.id)
        throw new Failure('invalid-argument', 'It is the last way in that a person has')
      keys = keys.filter(({ id }) => id !== argument.slotId)
      return null
    },
    renewEpoch: async (argument) => {
      asked.push(['renewEpoch', argument])
      change(argument.repositoryId, { epoch: 3 })
      return { epoch: 3 }
    },
    setLock: async (argument) => {
      asked.push(['setLock', argument])
      change(argument.repositoryId, { lock: argument.lock })
      return null
    },
    setPlace: async (argument) => {
      asked.push(['setPlace', argument])
      change(argument.repositoryId, { place: argument.place })
      return null
    },
    setCredentials: async (argument) => {
      asked.push(['setCredentials', argument])
      if (argument.credentials.accessKeyId === 'bad') throw new Failure('credentials-refused', 'InvalidAccessKeyId')
      return null
    },
    labelPoint: async (argument) => {
      asked.push(['labelPoint', argument])
      world.points = world.points.map((each) =>
        each.id === argument.pointId ? { ...each, labels: argument.labels } : each,
      )
      return null
    },
    rebuildCatalog: async (argument) => {
      asked.push(['rebuildCatalog', argument])
      return { points: 42, repositories: 2, policies: 3 }
    },
    planRetention: async () =>
      world.points.slice(0, 3).map(({ id, machineId, createdAt }, at) => ({
        pointId: id,
        machineId,
        createdAt,
        reasons: at === 0 ? ['daily'] : [],
      })),
  }
  return { asked, played }
}
