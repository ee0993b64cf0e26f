import * as z from 'zod/mini'
import { wireFailure } from './failure.ts'
import {
  changedFile,
  fileDetails,
  fileEntry,
  fileHit,
  fileIndex,
  filePath,
  fileRef,
  fileTarget,
  fileVersion,
  volume,
  volumeId,
} from './files.ts'
import { dayResult, proof, recovery, turn } from './history.ts'
import { run, runId } from './job.ts'
import { diskFormat, host, hostAddress, hostId, machine, machineId } from './machine.ts'
import { backupPlan, restorePlan } from './plan.ts'
import { method, point, pointId } from './point.ts'
import { pins, policy, policyId, policyWish } from './policy.ts'
import {
  credentials,
  keySlot,
  lockRule,
  place,
  repository,
  repositoryId,
  s3Address,
  storeAddress,
  storeProbe,
} from './repository.ts'
import { keepReasons } from './retention.ts'
import { about, settings, settingsChange } from './settings.ts'

type Call<A extends z.ZodMiniType, R extends z.ZodMiniType> = { readonly argument: A; readonly result: R }

function call<A extends z.ZodMiniType, R extends z.ZodMiniType>(argument: A, result: R): Call<A, R> {
  return { argument, result }
}

/** Text that a person typed once and that no log may show. */
const secret = z.string().check(z.minLength(1), z.maxLength(1024))
const folder = z.string().check(z.minLength(1), z.maxLength(4096))

export const unlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passphrase'), passphrase: secret }),
  z.object({ kind: z.literal('recovery-words'), words: secret }),
  /** The text that `addRecoveryKey` answered. */
  z.object({ kind: z.literal('recovery-key'), secret: z.string().check(z.minLength(1), z.maxLength(8192)) }),
])
export type Unlock = z.infer<typeof unlock>

const diskNames = z.array(z.string().check(z.minLength(1), z.maxLength(1024))).check(z.minLength(1), z.maxLength(256))

export const restoreTarget = z.discriminatedUnion('kind', [
  /** Without `disks` all of them. */
  z.object({ kind: z.literal('images'), folder, format: diskFormat, disks: z.optional(diskNames) }),
  z.object({
    kind: z.literal('new-machine'),
    name: z.string().check(z.minLength(1), z.maxLength(200)),
    hostId,
    /** Folder on the host for the new disks; by default where the point's own disks lay, or libvirt's image folder. */
    storage: z.optional(folder),
    /** Start it as soon as it is whole. */
    start: z.optional(z.boolean()),
  }),
  /** Before anything is overwritten a point of the machine as it is now is taken, unless `withoutUndo`. */
  z.object({ kind: z.literal('in-place'), disks: z.optional(diskNames), withoutUndo: z.optional(z.boolean()) }),
])
export type RestoreTarget = z.infer<typeof restoreTarget>

/** What a page answered as `next`. */
const cursor = z.string().check(z.minLength(1), z.maxLength(1000))
const fileLimit = z.number().check(z.int(), z.minimum(1), z.maximum(10_000))

const snapshotName = z.string().check(z.minLength(1), z.maxLength(200))
const description = z.optional(z.string().check(z.maxLength(4096)))

/** What a backup leaves out or does otherwise than by default. */
const backupChoices = {
  excludedDisks: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(1024)))),
  /** Ask the guest's agent to quiesce; by default it is asked. */
  freeze: z.optional(z.boolean()),
}

/** Every call of the engine: what goes in, what comes out. A new call is one line here and one handler in `engine/calls/`. */
export const calls = {
  /** Hosts on this machine that answer and are not added yet. */
  findHosts: call(z.null(), z.array(z.object({ address: hostAddress, name: z.string(), machines: z.number() }))),
  /** Connects, counts and lets go again; fails as adding would. */
  testHost: call(z.object({ address: hostAddress }), z.object({ name: z.string(), machines: z.number() })),
  addHost: call(z.object({ address: hostAddress }), z.object({ hostId })),
  listHosts: call(z.null(), z.array(host)),
  removeHost: call(z.object({ hostId }), z.null()),

  listMachines: call(z.null(), z.array(machine)),
  startMachine: call(z.object({ machineId }), z.null()),
  /** Asks the guest to shut down and answers at once; a guest may take its time or not listen. */
  shutDownMachine: call(z.object({ machineId }), z.null()),
  createSnapshot: call(
    z.object({ machineId, name: snapshotName, description, memory: z.boolean() }),
    z.object({ runId }),
  ),
  revertSnapshot: call(z.object({ machineId, name: snapshotName }), z.object({ runId })),
  deleteSnapshot: call(z.object({ machineId, name: snapshotName }), z.object({ runId })),

  /** What lies where a repository is wanted, without touching it; fails where nothing could be written. */
  testStore: call(
    z.object({ address: storeAddress, credentials: z.optional(credentials) }),
    z.object({
      holds: z.enum(['nothing', 'repository', 'other']),
      freeBytes: z.optional(z.number()),
      totalBytes: z.optional(z.number()),
    }),
  ),
  /** Tries what a bucket really does, with objects of its own that it removes again where it may. */
  probeStore: call(z.object({ address: s3Address, credentials }), storeProbe),
  /** An S3 store is probed first; fails with `store-unsuitable` where the ledger would not be safe. */
  createRepository: call(
    z.object({
      address: storeAddress,
      credentials: z.optional(credentials),
      passphrase: secret,
      lock: z.optional(lockRule),
    }),
    z.object({ repositoryId, recoveryWords: z.string() }),
  ),
  openRepository: call(
    z.object({ address: storeAddress, credentials: z.optional(credentials), unlock }),
    z.object({ repositoryId }),
  ),
  /** Another account for a store, tried before it takes the old one's place. */
  setCredentials: call(z.object({ repositoryId, credentials }), z.null()),
  setPlace: call(z.object({ repositoryId, place }), z.null()),
  listRepositories: call(z.null(), z.array(repository)),
  /** Forgets it and its key on this machine; nothing in it changes. */
  removeRepository: call(z.object({ repositoryId }), z.null()),

  listSlots: call(z.object({ repositoryId }), z.array(keySlot)),
  /** The new passphrase opens before the old ones stop to. */
  changePassphrase: call(z.object({ repositoryId, passphrase: secret }), z.null()),
  addPassphrase: call(z.object({ repositoryId, passphrase: secret }), z.object({ slotId: keySlot.shape.id })),
  /** 24 words, told this once; those of before stop to open it. */
  renewRecoveryWords: call(z.object({ repositoryId }), z.object({ recoveryWords: z.string() })),
  /** A key pair of which the repository keeps the public half; the secret half is told this once, as text for a file. */
  addRecoveryKey: call(z.object({ repositoryId }), z.object({ slotId: keySlot.shape.id, secret: z.string() })),
  /** Refused for the last one that a person has. */
  removeSlot: call(z.object({ repositoryId, slotId: keySlot.shape.id }), z.null()),
  /** New data is sealed under new keys from now on. */
  renewEpoch: call(z.object({ repositoryId }), z.object({ epoch: z.number() })),

  setLock: call(z.object({ repositoryId, lock: z.optional(lockRule) }), z.null()),
  /** Looks at the lock of every object that a point needs, extends those that end before the rule says, and tries the canary. */
  startLock: call(z.object({ repositoryId }), z.object({ runId })),
  startSweep: call(z.object({ repositoryId }), z.object({ runId })),
  /** Stores chunks anew that were found damaged, from copies of the points that need them. */
  startMend: call(z.object({ repositoryId }), z.object({ runId })),
  /** Copies points that `to` does not have; without `pointIds` all of them. */
  startCopy: call(
    z.object({ from: repositoryId, to: repositoryId, pointIds: z.optional(z.array(pointId)) }),
    z.object({ runId }),
  ),
  listTrash: call(
    z.object({ repositoryId }),
    z.array(z.object({ point, droppedAt: z.number(), why: z.enum(['retention', 'person']), purgeAt: z.number() })),
  ),
  /** To the trash; pinned points are refused with `invalid-argument`. */
  deletePoints: call(z.object({ repositoryId, pointIds: z.array(pointId).check(z.minLength(1)) }), z.null()),
  recoverPoints: call(z.object({ repositoryId, pointIds: z.array(pointId).check(z.minLength(1)) }), z.null()),
  /** Exactly what `startRetention` would do now. */
  planRetention: call(
    z.object({ policyId }),
    z.array(z.object({ pointId, machineId, createdAt: z.number(), reasons: z.array(z.enum(keepReasons)) })),
  ),
  /** Points without a reason to stay go to the trash. */
  startRetention: call(z.object({ policyId }), z.object({ runId })),
  /** Forgets what it knew of points and reads it again from the repositories that are open. */
  rebuildCatalog: call(
    z.object({ restoreFrom: z.optional(repositoryId) }),
    z.object({ points: z.number(), repositories: z.number(), policies: z.number() }),
  ),

  planBackup: call(
    z.object({
      machineIds: z.array(machineId).check(z.maxLength(10_000)),
      repositoryId,
      method,
      excluded: policyWish.shape.excluded,
    }),
    backupPlan,
  ),
  startBackup: call(z.object({ machineId, repositoryId, method, ...backupChoices }), z.object({ runId })),
  planRestore: call(z.object({ pointId, target: restoreTarget }), restorePlan),
  startRestore: call(z.object({ pointId, target: restoreTarget }), z.object({ runId })),
  startVerify: call(
    z.object({ repositoryId: z.optional(repositoryId), pointId: z.optional(pointId) }),
    z.object({ runId }),
  ),
  pauseRun: call(z.object({ runId }), z.null()),
  resumeRun: call(z.object({ runId }), z.null()),
  cancelRun: call(z.object({ runId }), z.null()),
  listRuns: call(z.object({ limit: z.number().check(z.int(), z.minimum(1), z.maximum(1000)) }), z.array(run)),
  showRun: call(z.object({ runId }), run),

  listPoints: call(z.object({ machineId: z.optional(machineId) }), z.array(point)),
  showPoint: call(z.object({ pointId }), point),
  pinPoint: call(z.object({ pointId, pinned: z.boolean() }), z.null()),
  labelPoint: call(
    z.object({ pointId, labels: z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.maxLength(20)) }),
    z.null(),
  ),
  listPins: call(z.null(), pins),
  listProofs: call(z.object({ machineId }), z.array(proof)),
  listRecoveries: call(z.null(), z.array(recovery)),
  listTurns: call(z.object({ machineId }), z.array(turn)),
  /**
   * How backups went on the days that begin at `starts` (ascending); the last number is the end of the last day. One row for
   * each machine that ran, one result for each day.
   */
  listDays: call(
    z.object({ starts: z.array(z.number()).check(z.minLength(2), z.maxLength(400)) }),
    z.array(z.object({ machineId, days: z.array(dayResult) })),
  ),

  /** What the point's disks hold, and who reads it. */
  listVolumes: call(z.object({ pointId }), z.array(volume)),
  /** Kept until the volume is closed; fails with `passphrase-wrong`, or `tool-missing` without libguestfs. */
  unlockVolume: call(z.object({ pointId, volumeId, passphrase: secret }), z.null()),
  /** A page of a folder in no particular order; `next`, where there is more, is the `cursor` of the following page. */
  listFiles: call(
    z.object({ pointId, volumeId, path: filePath, cursor: z.optional(cursor), limit: fileLimit }),
    z.object({ entries: z.array(fileEntry), next: z.optional(z.string()) }),
  ),
  showFile: call(fileRef, fileDetails),
  /** Bytes of a file in base64, for a preview; short only at its end. */
  readFile: call(
    z.object({
      ...fileRef.shape,
      offset: z.number().check(z.int(), z.minimum(0)),
      lengthBytes: z.number().check(z.int(), z.minimum(1), z.maximum(1_048_576)),
    }),
    z.object({ base64: z.string(), sizeBytes: z.number() }),
  ),
  /** How the names of one folder differ from those of another point; `gone` and `changed` are of the later one. */
  compareFolder: call(
    z.object({ pointId, against: pointId, volumeId, path: filePath }),
    z.array(changedFile).check(z.maxLength(200_000)),
  ),
  /** Everything that differs between two points below `path`, a page at a time. */
  diffFiles: call(
    z.object({
      from: pointId,
      to: pointId,
      volumeId: z.optional(volumeId),
      path: z.optional(filePath),
      cursor: z.optional(cursor),
      limit: fileLimit,
    }),
    z.object({ changes: z.array(changedFile), next: z.optional(z.string()) }),
  ),
  /** From the index alone, newest first. `missing` points are not in it. */
  fileVersions: call(
    z.object({ machineId, volumeId, path: filePath }),
    z.object({ versions: z.array(fileVersion), missing: z.array(pointId) }),
  ),
  /**
   * From the index alone, the best first: words that all are in the name; with a `/` the path is searched. `deletedSince` takes what
   * was there after that moment and is not in the machine's newest point.
   */
  searchFiles: call(
    z.object({
      query: z.string().check(z.maxLength(1000)),
      machineId: z.optional(machineId),
      volumeId: z.optional(volumeId),
      path: z.optional(filePath),
      deletedSince: z.optional(z.number().check(z.minimum(0))),
      limit: z.number().check(z.int(), z.minimum(1), z.maximum(1000)),
    }),
    z.object({ hits: z.array(fileHit), isMore: z.boolean(), missingPoints: z.number() }),
  ),
  listFileIndexes: call(z.null(), z.array(fileIndex)),
  /** Switched off, what was known of the machine's files is forgotten. */
  setFileIndex: call(z.object({ machineId, enabled: z.boolean() }), z.null()),
  /** Reads the points of a machine that are not in the index yet; with `anew` all of them. */
  startFileIndex: call(z.object({ machineId, anew: z.optional(z.boolean()) }), z.object({ runId })),
  /**
   * A ticket for `GET /files/<ticket>`, good for ten minutes and any number of requests: one file as it is (ranges are served), or
   * files and folders as an archive made while it is sent.
   */
  openDownload: call(
    z.object({
      items: z.array(fileRef).check(z.minLength(1), z.maxLength(10_000)),
      as: z.enum(['file', 'tar', 'zip']),
    }),
    z.object({ ticket: z.string(), name: z.string(), sizeBytes: z.optional(z.number()) }),
  ),
  startFileRestore: call(
    z.object({ items: z.array(fileRef).check(z.minLength(1), z.maxLength(10_000)), target: fileTarget }),
    z.object({ runId }),
  ),

  listPolicies: call(z.null(), z.array(policy)),
  /** Without `policyId` a new one. */
  savePolicy: call(z.object({ policyId: z.optional(policyId), wish: policyWish }), z.object({ policyId })),
  removePolicy: call(z.object({ policyId }), z.null()),
  /** One run for each machine; those that cannot be started are told with their failure. */
  runPolicy: call(
    z.object({ policyId, method }),
    z.object({ runIds: z.array(runId), failed: z.array(z.object({ machineId, failure: wireFailure })) }),
  ),

  /** Folders of the machine on which the engine runs; without `folder` where a person would begin to look. */
  listFolders: call(
    z.object({ folder: z.optional(folder) }),
    z.object({ folder: z.string(), parent: z.optional(z.string()), folders: z.array(z.string()) }),
  ),
  getSettings: call(z.null(), settings),
  changeSettings: call(settingsChange, settings),
  about: call(z.null(), about),
  createSample: call(z.object({ folder: z.optional(folder) }), z.object({ machineId, hostId })),
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
export type Argument<N extends CallName> = z.infer<Calls[N]['argument']>
export type Result<N extends CallName> = z.infer<Calls[N]['result']>

/** What the engine says unasked. `run` carries the whole run; the `…Changed` events say only that a list is worth asking for again. */
export const events = {
  run,
  hostsChanged: z.null(),
  machinesChanged: z.null(),
  pointsChanged: z.null(),
  repositoriesChanged: z.null(),
  /** Runs of another process have changed. */
  runsChanged: z.null(),
  policiesChanged: z.null(),
  fileIndexesChanged: z.null(),
  /** What a ticket opened broke off while it was sent, and not because its taker went. */
  downloadFailed: z.object({ name: z.string(), failure: wireFailure }),
  settingsChanged: z.null(),
} as const

export type EventName = keyof typeof events
export type EventValue<N extends EventName> = z.infer<(typeof events)[N]>

/**
 * One function per call. The engine implements it; the other side holds a `connect`ed twin.
 * `S` is the platform's AbortSignal: this folder knows neither Node nor the DOM.
 */
export type Handlers<S> = {
  readonly [N in CallName]: (argument: Argument<N>, signal: S) => Promise<Result<N>>
}
