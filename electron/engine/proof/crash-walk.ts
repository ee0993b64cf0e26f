import assert from 'node:assert/strict'
import { Failure } from '../../../shared/failure.ts'
import type { Clock } from '../base/clock.ts'
import { noPlants } from '../chunk/plant.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import type { Plants } from '../repository/plant.ts'
import type { Repository } from '../repository/repository.ts'
import {
  contentOf,
  makePoint,
  never,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from '../repository/test-rig.ts'
import type { Store } from '../store/store.ts'
import type { Chance } from './chance.ts'
import { type CrashState, type DiskModel, storeOf } from './disk-model.ts'

/** Random lives of a repository upon a disk whose power fails, and what must be true of everything that it leaves. */

/** Of the point of that number: tried is noted before the call, done after it. */
export type Mark = { readonly act: 'make' | 'drop' | 'recover'; readonly point: number; readonly isDone: boolean }

/** A clock that only a test moves, for engine and store alike. */
export class HandClock implements Clock {
  #at = 1_800_000_000_000
  now(): number {
    return this.#at
  }
  elapsed(): number {
    return this.#at
  }
  /** Whoever waits here would wait for something that does not come: nothing in a walk needs time to pass by itself. */
  sleep(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }
  move(ms: number): void {
    this.#at += ms
  }
}

const day = 86_400_000
const chunksOfDisk = 12
const upkeep = { trashMs: day, graceMs: day, cycles: 2, wasteLimit: 0.2, onRead: () => {} }

export type World = {
  readonly pool: ChunkPool
  readonly rig: Pick<TestRepository, 'rootKey'>
  readonly clock: HandClock
  readonly chance: Chance
  /** Contents by the numbers of the points, also of those that never came to be. */
  readonly contents: Map<number, Buffer>
  /** How often each act came to its end: a walk in which nothing happens proves nothing. */
  readonly acts: Map<string, number>
  readonly plants?: Plants
}

export function openOn(world: World, store: Store): Promise<Repository> {
  const { pool, rig, clock, plants = noPlants } = world
  return reopen(
    pool,
    { rootKey: rig.rootKey, store: store as TestRepository['store'] },
    {
      clock,
      plants: plants as Plants,
      packBytes: 5 * testChunkBytes,
    },
  )
}

/** Some acts upon the disk; each that fails for a foreseen reason has not been acknowledged, and the next goes on. */
export async function live(world: World, disk: DiskModel<Mark>, acts: number): Promise<void> {
  for (let left = acts; left > 0; ) {
    const repository = await foreseen(() => openOn(world, disk))
    for (; left > 0 && repository !== undefined; left--) {
      world.clock.move(world.chance.below(3) * day)
      if ((await foreseen(async () => (await act(world, repository, disk)) ?? true)) === undefined) break
    }
    await foreseen(async () => repository?.[Symbol.asyncDispose]())
    left--
  }
}

async function foreseen<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code !== 'bug') return undefined
    throw thrown
  }
}

async function act(world: World, repository: Repository, disk: DiskModel<Mark>): Promise<void> {
  const { chance, acts } = world
  const [point] = repository.points().toSorted(() => chance.below(3) - 1)
  const number = point === undefined ? 0 : numberOf(point.id)
  const [dropped] = repository.trash()
  const could = {
    drop:
      number > 0 && (() => noted(disk, 'drop', number, () => repository.drop([pointIdOf(number)], 'person', never))),
    recover: dropped !== undefined && (() => recover(disk, repository, dropped.point.id)),
    epoch: () => repository.renewEpoch(never),
    sweep: () => repository.sweep(upkeep, never),
    backup: () => backUp(world, repository, disk, number),
  }
  const possible = order.filter((each) => could[each] !== false)
  const chosen = possible[chance.below(possible.length)] ?? 'backup'
  const work = could[chosen]
  if (work !== false) await work()
  acts.set(chosen, (acts.get(chosen) ?? 0) + 1)
}

/** As often as each comes to its turn. */
const order = ['drop', 'recover', 'epoch', 'sweep', 'sweep', 'backup', 'backup', 'backup'] as const

function recover(disk: DiskModel<Mark>, repository: Repository, pointId: string): Promise<void> {
  return noted(disk, 'recover', numberOf(pointId), () => repository.recover([pointId], never))
}

async function noted(
  disk: DiskModel<Mark>,
  act: Mark['act'],
  point: number,
  work: () => Promise<unknown>,
): Promise<void> {
  disk.mark({ act, point, isDone: false })
  await work()
  disk.mark({ act, point, isDone: true })
}

/** Upon a base of which some chunks change, or whole; chunks repeat between points, so that packs are shared. */
async function backUp(world: World, repository: Repository, disk: DiskModel<Mark>, base: number): Promise<void> {
  const { chance, contents } = world
  const number = contents.size + 1
  const sizeBytes = chunksOfDisk * testChunkBytes
  const isOnBase = base > 0 && !chance.once(3)
  const content = Buffer.from(isOnBase ? (contents.get(base) ?? Buffer.alloc(0)) : Buffer.alloc(sizeBytes))
  const writes = Array.from({ length: 1 + chance.below(5) }, () => {
    const offset = chance.below(chunksOfDisk) * testChunkBytes
    const bytes = chance
      .bytes(16)
      .toString('hex')
      .slice(0, chance.once(2) ? 1 : 32)
      .repeat(testChunkBytes)
    return { offset, bytes: Buffer.from(bytes).subarray(0, testChunkBytes) }
  })
  for (const { offset, bytes } of writes) content.set(bytes, offset)
  contents.set(number, content)
  const from = isOnBase ? { base: pointIdOf(base) } : {}
  await noted(disk, 'make', number, () => makePoint(repository, number, [{ name: 'vda', sizeBytes, ...from, writes }]))
}

/** What is wrong with what a power cut left; empty when nothing is. */
export async function inspect(world: World, state: CrashState<Mark>, goOn: boolean): Promise<readonly string[]> {
  const store = storeOf(state.objects, () => world.clock.now())
  const repository = await openOn(world, store).catch((thrown: unknown) => String(thrown))
  if (typeof repository === 'string') return [repository]
  const problems = repository.problems().map(({ object, problem }) => `${object}: ${problem}`)
  const wrong = [...problems, ...amiss(state.marks, repository), ...(await unequal(world, repository))]
  if (goOn && wrong.length === 0) wrong.push(...(await next(world, repository)))
  await repository[Symbol.asyncDispose]()
  return wrong
}

/**
 * What is wrong where the disk had lied: points may be lost, since nobody could know. Whatever cannot be read is named, and
 * no byte is another than it was.
 */
export async function inspectLied(world: World, state: CrashState<Mark>): Promise<readonly string[]> {
  const store = storeOf(state.objects, () => world.clock.now())
  const repository = await openOn(world, store).catch((thrown: unknown) => thrown)
  if (repository instanceof Error || repository === undefined) return isNamed(repository) ? [] : [String(repository)]
  const opened = repository as Repository
  const wrong: string[] = []
  for (const { id } of opened.points()) {
    const content = await contentOf(opened, id, 'vda').catch((thrown: unknown) => thrown)
    const isWhole = Buffer.isBuffer(content) && content.equals(world.contents.get(numberOf(id)) ?? Buffer.alloc(0))
    if (!isWhole && !isNamed(content))
      wrong.push(`point ${numberOf(id)} reads as something else: ${String(content).slice(0, 80)}`)
  }
  await opened[Symbol.asyncDispose]()
  return wrong
}

function isNamed(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code !== 'bug'
}

function numberOf(pointId: string): number {
  return Number.parseInt(pointId, 16)
}

function amiss(marks: readonly Mark[], repository: Repository): readonly string[] {
  const found = new Set(repository.points().map(({ id }) => numberOf(id)))
  return [...demanded(marks)].flatMap(([point, must]) => {
    if (must === 'there' && !found.has(point)) return [`point ${point} is lost`]
    return must === 'gone' && found.has(point) ? [`point ${point} is back from the trash`] : []
  })
}

async function unequal(world: World, repository: Repository): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const { id } of repository.points()) {
    const content = await contentOf(repository, id, 'vda').catch(() => undefined)
    const isEqual = content?.equals(world.contents.get(numberOf(id)) ?? Buffer.alloc(0)) ?? false
    if (!isEqual) wrong.push(`point ${numberOf(id)} does not read back`)
  }
  return wrong
}

/** By points: what the last mark of each leaves open is demanded of nobody. */
function demanded(marks: readonly Mark[]): ReadonlyMap<number, 'there' | 'gone' | 'open'> {
  const demands = new Map<number, 'there' | 'gone' | 'open'>()
  for (const { act, point, isDone } of marks) {
    const done = act === 'drop' ? 'gone' : 'there'
    demands.set(point, isDone ? done : 'open')
  }
  return demands
}

/** The next start recovers alone: a backup goes well and reads back, and a verification finds nothing. */
async function next(world: World, repository: Repository): Promise<readonly string[]> {
  const number = 1_000_000 + world.contents.size
  const content = Buffer.alloc(chunksOfDisk * testChunkBytes, `next ${number}`)
  const disk = { name: 'vda', sizeBytes: content.length, writes: [{ offset: 0, bytes: content }] }
  const id = await makePoint(repository, number, [disk]).catch((thrown: unknown) => assert.fail(String(thrown)))
  const report = await repository.verify({ onRead: () => {} }, never)
  const damaged = report.damaged.map(({ object, problem }) => `${object}: ${problem}`)
  return (await contentOf(repository, id, 'vda')).equals(content) ? damaged : ['the next point does not read back']
}
