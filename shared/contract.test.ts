import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type CallName, calls, type Handlers } from './contract.ts'
import { firstSettings, type Settings } from './settings.ts'
import { answer } from './wire.ts'

const uuid = '00000000-0000-4000-8000-000000000001'
const id = '0'.repeat(32)
const folder = { kind: 'folder', folder: '/backups' } as const
const hex = '0'.repeat(64)
const bucket = {
  kind: 's3',
  endpoint: 'https://s3.example',
  region: 'eu-west-1',
  bucket: 'backups',
  prefix: 'stillpoint/',
  pathStyle: true,
  ca: 'a certificate',
  fingerprint: hex,
}
const account = { accessKeyId: 'AKIA', secretAccessKey: 'canary', sessionToken: 'token' }
const lock = { mode: 'governance', days: 30 }
const rule = { method: 'full', on: { kind: 'every-day' }, hour: 2, minute: 0 }
const weekly = { ...rule, on: { kind: 'weekdays', days: [1, 2] } }
const monthly = { ...rule, on: { kind: 'month-day', day: 31 } }
const wish = {
  name: 'nightly',
  enabled: true,
  machineIds: [uuid],
  excluded: [{ machineId: uuid, disk: 'vdb' }],
  freeze: true,
  repositoryId: id,
  rules: [rule, weekly, monthly],
  retention: { last: 0, hourly: 0, daily: 7, weekly: 4, monthly: 3, yearly: 0, minimum: 1, labels: ['audit'] },
  enact: true,
  copies: [id],
  verifyEveryDays: 30,
}
const everySetting: Settings = { ...firstSettings, language: 'zh-CN' }
const images = { kind: 'images', folder: '/out', format: 'raw', disks: ['vda'] }
const asNew = { kind: 'new-machine', name: 'shop-2', hostId: uuid, storage: '/disks', start: true }
const inPlace = { kind: 'in-place', disks: ['vda'], withoutUndo: true }
const file = { pointId: id, volumeId: 'vda/2', path: '/etc/passwd', stream: 'ads' }
const toFolder = { kind: 'folder', folder: '/out' }
const toMachine = { kind: 'machine', machineId: uuid, folder: '/root' }
const ofBackup = { machineId: uuid, repositoryId: id, method: 'full', excludedDisks: ['vdb'], freeze: false }

/** Good arguments of every call, with all that may be said; their mutants must all be refused. */
const good: { readonly [N in CallName]: readonly unknown[] } = {
  findHosts: [null],
  testHost: [{ address: { kind: 'images', folder: '/images' } }],
  addHost: [{ address: { kind: 'libvirt', uri: 'qemu:///system' } }],
  listHosts: [null],
  removeHost: [{ hostId: uuid }],
  listMachines: [null],
  startMachine: [{ machineId: uuid }],
  shutDownMachine: [{ machineId: uuid }],
  createSnapshot: [{ machineId: uuid, name: 'before', description: 'the update', memory: false }],
  revertSnapshot: [{ machineId: uuid, name: 'before' }],
  deleteSnapshot: [{ machineId: uuid, name: 'before' }],
  testStore: [{ address: folder }, { address: bucket, credentials: account }],
  probeStore: [{ address: bucket, credentials: account }],
  createRepository: [
    { address: folder, passphrase: 'correct horse' },
    { address: bucket, credentials: account, passphrase: 'correct horse', lock },
  ],
  openRepository: [
    { address: folder, unlock: { kind: 'passphrase', passphrase: 'correct horse' } },
    { address: folder, unlock: { kind: 'recovery-words', words: 'abandon ability' } },
    { address: bucket, credentials: account, unlock: { kind: 'recovery-key', secret: 'armoured' } },
  ],
  setCredentials: [{ repositoryId: id, credentials: account }],
  setPlace: [{ repositoryId: id, place: { medium: 'nas', site: 'cellar' } }],
  listRepositories: [null],
  removeRepository: [{ repositoryId: id }],
  listSlots: [{ repositoryId: id }],
  changePassphrase: [{ repositoryId: id, passphrase: 'another horse' }],
  addPassphrase: [{ repositoryId: id, passphrase: 'another horse' }],
  renewRecoveryWords: [{ repositoryId: id }],
  addRecoveryKey: [{ repositoryId: id }],
  removeSlot: [{ repositoryId: id, slotId: hex }],
  renewEpoch: [{ repositoryId: id }],
  setLock: [{ repositoryId: id, lock }],
  startLock: [{ repositoryId: id }],
  startSweep: [{ repositoryId: id }],
  startMend: [{ repositoryId: id }],
  startCopy: [{ from: id, to: id, pointIds: [id] }],
  listTrash: [{ repositoryId: id }],
  deletePoints: [{ repositoryId: id, pointIds: [id] }],
  recoverPoints: [{ repositoryId: id, pointIds: [id] }],
  planRetention: [{ policyId: id }],
  startRetention: [{ policyId: id }],
  rebuildCatalog: [{ restoreFrom: id }],
  planBackup: [{ machineIds: [uuid], repositoryId: id, method: 'full', excluded: wish.excluded }],
  startBackup: [ofBackup],
  planRestore: [images, asNew, inPlace].map((target) => ({ pointId: id, target })),
  startRestore: [images, asNew, inPlace].map((target) => ({ pointId: id, target })),
  startVerify: [{ repositoryId: id, pointId: id }],
  pauseRun: [{ runId: id }],
  resumeRun: [{ runId: id }],
  cancelRun: [{ runId: id }],
  listRuns: [{ limit: 10 }],
  showRun: [{ runId: id }],
  listPoints: [{ machineId: uuid }],
  showPoint: [{ pointId: id }],
  pinPoint: [{ pointId: id, pinned: false }],
  labelPoint: [{ pointId: id, labels: ['audit'] }],
  listPins: [null],
  listProofs: [{ machineId: uuid }],
  listRecoveries: [null],
  listTurns: [{ machineId: uuid }],
  listDays: [{ starts: [0, 86_400_000] }],
  listPolicies: [null],
  savePolicy: [{ policyId: id, wish }],
  removePolicy: [{ policyId: id }],
  runPolicy: [{ policyId: id, method: 'incremental' }],
  listFolders: [{ folder: '/' }],
  listVolumes: [{ pointId: id }],
  unlockVolume: [{ pointId: id, volumeId: 'vda/2', passphrase: 'canary' }],
  listFiles: [{ pointId: id, volumeId: 'vda/2', path: '/etc', cursor: '1', limit: 100 }],
  showFile: [file],
  readFile: [{ ...file, offset: 0, lengthBytes: 4096 }],
  compareFolder: [{ pointId: id, against: id, volumeId: 'vda/2', path: '/etc' }],
  diffFiles: [{ from: id, to: id, volumeId: 'vda/2', path: '/etc', cursor: '1', limit: 100 }],
  fileVersions: [{ machineId: uuid, volumeId: 'vda/2', path: '/etc/passwd' }],
  searchFiles: [
    { query: 'passwd', machineId: uuid, volumeId: 'vda/2', path: '/etc', deletedSince: 1_767_225_600_000, limit: 100 },
  ],
  listFileIndexes: [null],
  setFileIndex: [{ machineId: uuid, enabled: true }],
  startFileIndex: [{ machineId: uuid, anew: true }],
  openDownload: [{ items: [file], as: 'tar' }],
  startFileRestore: [
    { items: [file], target: toFolder },
    { items: [file], target: toMachine },
    { items: [file], target: { kind: 'shelf' } },
  ],
  getSettings: [null],
  changeSettings: [everySetting],
  about: [null],
  createSample: [{ folder: '/images' }],
}

/** What some of `foreign` are good for. */
const meanings = {
  absent: (value: unknown) => value === undefined,
  flag: (value: unknown) => value === true,
  empty: (value: unknown) => value === '',
  long: (value: unknown) => typeof value === 'string' && value.length === 5000,
  text: (value: unknown) => typeof value === 'string' && value.length > 0 && value.length < 1024,
  shortText: (value: unknown) => typeof value === 'string' && value.length > 0 && value.length <= 64,
  anyText: (value: unknown) => typeof value === 'string' && value.length < 1024,
  number: (value: unknown) => typeof value === 'number' && Number.isFinite(value),
  fraction: (value: unknown) => value === 0.5 || value === 1e300,
  none: (value: unknown) => Array.isArray(value) && value.length === 0,
  names: (value: unknown) => Array.isArray(value) && value[0] === 'x',
} as const
type Meaning = keyof typeof meanings

/** Places at which a foreign value can be a good one, by the end of their path; the longest end counts. */
const loose: Readonly<Record<string, readonly Meaning[]>> = {
  passphrase: ['text'],
  words: ['text'],
  uri: ['text'],
  endpoint: ['text', 'absent'],
  prefix: ['empty'],
  bucket: [],
  pathStyle: ['flag'],
  ca: ['text', 'absent', 'long'],
  fingerprint: ['absent'],
  credentials: ['absent'],
  'probeStore.credentials': [],
  'setCredentials.credentials': [],
  accessKeyId: ['text'],
  secretAccessKey: ['text'],
  sessionToken: ['text', 'absent', 'long'],
  'unlock.secret': ['text', 'long'],
  lock: ['absent'],
  site: ['anyText'],
  'startCopy.pointIds': ['none', 'absent'],
  labels: ['none', 'names', 'absent'],
  'labelPoint.labels': ['none', 'names'],
  'labels.0': ['shortText'],
  enact: ['flag', 'absent'],
  copies: ['none', 'absent'],
  verifyEveryDays: ['absent'],
  'rebuildCatalog.restoreFrom': ['absent'],
  folder: ['text'],
  name: ['text'],
  disk: ['text'],
  description: ['anyText', 'absent'],
  storage: ['text', 'absent'],
  start: ['flag', 'absent'],
  withoutUndo: ['flag', 'absent'],
  disks: ['names', 'absent'],
  'disks.0': ['text'],
  excludedDisks: ['none', 'names', 'absent'],
  'excludedDisks.0': ['text'],
  'startBackup.freeze': ['flag', 'absent'],
  memory: ['flag'],
  pinned: ['flag'],
  'starts.0': ['number'],
  'starts.1': ['number'],
  enabled: ['flag'],
  freeze: ['flag'],
  machineIds: ['none'],
  excluded: ['none'],
  rules: ['none'],
  'listPoints.machineId': ['absent'],
  'startVerify.repositoryId': ['absent'],
  'startVerify.pointId': ['absent'],
  'savePolicy.policyId': ['absent'],
  'listFolders.folder': ['text', 'absent'],
  'createSample.folder': ['text', 'absent'],
  volumeId: ['shortText'],
  cursor: ['shortText', 'absent'],
  stream: ['shortText', 'absent'],
  query: ['anyText'],
  'listFiles.cursor': ['shortText', 'absent'],
  'diffFiles.volumeId': ['shortText', 'absent'],
  'diffFiles.path': ['absent'],
  'searchFiles.volumeId': ['shortText', 'absent'],
  'searchFiles.machineId': ['absent'],
  'searchFiles.path': ['absent'],
  'searchFiles.deletedSince': ['absent', 'fraction'],
  anew: ['flag', 'absent'],
  ...Object.fromEntries(Object.keys(everySetting).map((key) => [`changeSettings.${key}`, ['absent']])),
  'changeSettings.notify': ['flag', 'absent'],
  'changeSettings.keepInTray': ['flag', 'absent'],
}

function looseAt(place: readonly string[]): readonly Meaning[] {
  const ends = place.map((_, from) => place.slice(from).join('.'))
  const end = ends.find((each) => Object.hasOwn(loose, each))
  return end === undefined ? [] : (loose[end] ?? [])
}

/** None of these is a good argument, and at few places one is a good value: see `loose`. */
const foreign: readonly unknown[] = [
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0.5,
  1e300,
  true,
  '',
  'x'.repeat(5000),
  [],
  [[]],
  ['x'],
  () => 'x',
  10n,
  Symbol('x'),
  new Date(0),
  new Map(),
  new Uint8Array(3),
  JSON.parse('{ "__proto__": { "kind": "folder", "folder": "/x" } }'),
  { kind: 'nonsense' },
  { toString: () => uuid },
  '../../../etc/passwd\u0000',
  '00000000-0000-4000-8000-00000000000G',
  '$' + '{id}',
  Object.create(null),
]

/** Every argument with one place in it replaced, and with the argument itself replaced. */
function mutants(name: CallName, argument: unknown): readonly unknown[] {
  const inside = places(argument).flatMap((place) => {
    const meant = looseAt([name, ...place])
    const wrong = foreign.filter((value) => !meant.some((meaning) => meanings[meaning](value)))
    return wrong.map((value) => replaced(argument, place, value))
  })
  return [...foreign.filter((value) => !fits(name, argument, value)), ...inside]
}

/** Where every field may be absent, any object is taken for one without fields. */
function fits(name: CallName, argument: unknown, value: unknown): boolean {
  const keys = argument === null ? [''] : Object.keys(argument as object)
  const isLoose = keys.every((key) => looseAt([name, key]).includes('absent'))
  return isLoose && typeof value === 'object' && value !== null && !Array.isArray(value)
}

function places(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...places(inner, [...at, key])])
}

function replaced(argument: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(argument))
    return argument.map((each, at) => (String(at) === key ? replaced(each, rest, value) : each))
  const object = argument as Record<string, unknown>
  return { ...object, [key]: replaced(object[key], rest, value) }
}

for (const name of Object.keys(calls) as CallName[]) {
  test(`${name} takes good arguments and none of their mutants`, async () => {
    const called: string[] = []
    const signal = new AbortController().signal
    for (const argument of good[name]) {
      assert.ok('value' in (await answer(handlers(called), name, argument, signal)))
      const all = mutants(name, argument)
      assert.ok(all.length >= 20, `${all.length} mutants`)
      for (const mutant of all) {
        const outcome = await answer(handlers(), name, mutant, signal)
        assert.ok('failure' in outcome && outcome.failure.code === 'invalid-argument', inspect(mutant))
      }
    }
    assert.equal(called.length, good[name].length)
  })
}

function handlers(called: string[] = []): Handlers<AbortSignal> {
  const names = Object.keys(calls) as CallName[]
  const entries = names.map((name) => [name, async () => called.push(name)])
  return Object.fromEntries(entries) as unknown as Handlers<AbortSignal>
}
