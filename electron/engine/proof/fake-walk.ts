import { randomBytes } from 'node:crypto'
import type { RestoreTarget } from '../../../shared/contract.ts'
import type { VerifyReport } from '../../../shared/job.ts'
import type { DiskReading, Method, Point, PointId } from '../../../shared/point.ts'
import { MiB } from '../../../shared/units.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import type { FakeMachine, FakeMachineOptions } from '../hypervisor/fake-machine.ts'
import { backUp } from '../jobs/backup.ts'
import { Meter } from '../jobs/meter.ts'
import { type Restored, restore } from '../jobs/restore.ts'
import type { Step } from '../jobs/step.ts'
import { verify } from '../jobs/verify.ts'
import { createRepository, openRepository, type Repository } from '../repository/repository.ts'
import { type MemoryStore, memoryStore, type OnStoreCall } from '../store/memory.ts'

/** A whole walk without a machine under it: a host that a test plays, and a store that fails on demand. */

export const never: AbortSignal = new AbortController().signal

/** A step whose notes a test reads. */
export type NotedStep = Step & {
  readonly said: DiskReading[]
  readonly warned: string[]
  readonly reports: VerifyReport[]
  readonly undone: PointId[]
}

export function notedStep(signal: AbortSignal = never): NotedStep {
  const said: DiskReading[] = []
  const warned: string[] = []
  const reports: VerifyReport[] = []
  const undone: PointId[] = []
  return {
    signal,
    log: silentLog,
    meter: new Meter(systemClock),
    said,
    warned,
    reports,
    undone,
    came: () => undefined,
    pass: async (stop) => stop.throwIfAborted(),
    undoWith: (pointId) => void undone.push(pointId),
    say: (disks) => void said.splice(0, said.length, ...disks),
    report: (report) => void reports.push(report),
    warn: (sentence) => void warned.push(sentence),
  }
}

/** Objects of an empty repository; making one costs two runs of scrypt, so that tests copy it. */
export type Template = { readonly store: MemoryStore; readonly rootKey: Uint8Array }

export async function newTemplate(pool: ChunkPool): Promise<Template> {
  const store = memoryStore()
  const breakGlass = new Uint8Array(Buffer.from('// a script'))
  const options = { store, pool, clock: systemClock, passphrase: 'correct horse', breakGlass }
  return { store, rootKey: (await createRepository(options, never)).rootKey }
}

/** What a store does around its calls; a test changes it at any time. */
export type StoreFaults = { onCall?: OnStoreCall | undefined }

type Opening = {
  readonly pool: ChunkPool
  readonly rootKey: Uint8Array
  readonly store: MemoryStore
  readonly storeFaults: StoreFaults
}

type Choices = { readonly excluded?: readonly string[]; readonly freeze?: boolean }

function newPointId(): PointId {
  return randomBytes(16).toString('hex')
}

export class FakeWalk {
  readonly host = new FakeHost()
  readonly machine: FakeMachine
  readonly store: MemoryStore
  readonly storeFaults: StoreFaults
  repository: Repository
  readonly #opening: Opening

  private constructor(opening: Opening, machine: Omit<FakeMachineOptions, 'id'>, repository: Repository) {
    this.#opening = opening
    this.store = opening.store
    this.storeFaults = opening.storeFaults
    this.machine = this.host.add(machine)
    this.repository = repository
  }

  static async begin(pool: ChunkPool, from: Template, machine: Omit<FakeMachineOptions, 'id'>): Promise<FakeWalk> {
    const storeFaults: StoreFaults = {}
    const store = memoryStore((call) => storeFaults.onCall?.(call))
    for (const [name, bytes] of from.store.objects) store.objects.set(name, Uint8Array.from(bytes))
    const opening = { pool, rootKey: from.rootKey, store, storeFaults }
    return new FakeWalk(opening, machine, await open(opening))
  }

  /** As another engine, or this one after a restart, would find the repository. */
  async reopen(): Promise<Repository> {
    await this.repository[Symbol.asyncDispose]()
    this.repository = await open(this.#opening)
    return this.repository
  }

  backUp(method: Method = 'incremental', step: Step = notedStep(), choices: Choices = {}): Promise<Point> {
    const { host: hypervisor, repository, machine } = this
    const { excluded = [], freeze = true } = choices
    const order = { machineId: machine.id, method, pointId: newPointId(), repository, hypervisor }
    return backUp(step, { ...order, excluded, freeze })
  }

  restore(pointId: PointId, target: RestoreTarget, step: Step = notedStep()): Promise<Restored> {
    const undoPointId = target.kind === 'in-place' && !target.withoutUndo ? newPointId() : undefined
    return restore(step, { repository: this.repository, pointId, target, hypervisor: this.host, undoPointId })
  }

  verify(step: Step = notedStep(), pointId?: PointId): Promise<void> {
    return verify(step, { repository: this.repository, pointId })
  }

  /** The disk as the point has it. */
  async content(pointId: PointId, name: string): Promise<Buffer> {
    await using disk = await this.repository.openDisk(pointId, name, never)
    const bytes = Buffer.alloc(disk.sizeBytes)
    await disk.read(0, bytes, never)
    return bytes
  }

  /** The disk as its guest has it now. */
  live(name: string): Buffer {
    const disk = this.machine.disk(name)
    return Buffer.from(disk.read(0, disk.sizeBytes))
  }
}

async function open({ store, pool, rootKey }: Opening): Promise<Repository> {
  const key = { kind: 'root-key', rootKey } as const
  const { repository } = await openRepository({ store, pool, clock: systemClock, key, packBytes: MiB }, never)
  return repository
}
