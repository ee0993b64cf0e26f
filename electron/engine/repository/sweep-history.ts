import { Failure, type FailureCode } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import { FalseLists } from './false-lists.ts'
import type { Plants } from './plant.ts'
import type { PointDraft, Repository } from './repository.ts'
import { judge } from './sweep-judge.ts'
import {
  endQuietly,
  type Faults,
  hour,
  letLeasesEnd,
  minute,
  randomOf,
  type SweepWorld,
  sweepWorld,
  usualSweep,
} from './sweep-rig.ts'
import { contentOf, factsOf, never, noise, pointIdOf, type TestRepository, testChunkBytes } from './test-rig.ts'

/** What became of a history. `bad` says what must not be; `listFaults` counts listings that were not true. */
export type HistoryResult = { readonly bad: readonly string[]; readonly listFaults: number; readonly swept: number }

/** What a plain model knows of a point. `unsure`: the answer to its commit, its dropping or its recovery was lost. */
export type KnownPoint = {
  readonly bytes: Buffer
  life: 'kept' | 'trash' | 'unsure'
  underWay: number
  isMixed: boolean
}

/** A point under way, and what it was begun upon. */
type UnderWay = {
  readonly draft: PointDraft
  readonly machineId: string
  readonly number: number
  readonly bytes: Buffer
  readonly base: KnownPoint | undefined
}

/** An open engine with what it has under way. */
type Engine = {
  repository: Repository
  skewMs: number
  /** Mutating calls until it dies; undefined while it lives well. */
  callsLeft: number | undefined
  isListing: boolean
  draft: UnderWay | undefined
}

const diskChunks = 12
const sizeBytes = diskChunks * testChunkBytes
const machines = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
const mutating: ReadonlySet<string> = new Set(['put', 'create', 'remove', 'secure'])

/** How a sweep or a backup may end when others are about, clocks are wrong, or the engine dies. */
const honest: readonly FailureCode[] = [
  'repository-unreachable',
  'lease-lost',
  'repository-busy',
  'clock-skewed',
  'point-not-found',
  'invalid-argument',
  'cancelled',
]

export class SweepHistory {
  readonly #random: () => number
  readonly #world: SweepWorld
  readonly #plants: Plants
  readonly #points = new Map<PointId, KnownPoint>()
  readonly #engines: Engine[] = []
  readonly #bad: string[] = []
  readonly #lists: FalseLists
  #number = 0
  #swept = 0

  constructor(pool: ChunkPool, template: TestRepository, seed: number, plants: Plants) {
    this.#random = randomOf(seed)
    this.#world = sweepWorld(pool, template)
    this.#plants = plants
    this.#lists = new FalseLists(this.#random)
  }

  async run(steps: number): Promise<HistoryResult> {
    for (let at = 0; at < 2 + this.#below(3); at++) this.#engines.push(await this.#open())
    for (let step = 0; step < steps; step++) await this.#step()
    await this.#end()
    return { bad: this.#bad, listFaults: this.#lists.faults, swept: this.#swept }
  }

  async #step(): Promise<void> {
    const [first, second] = [this.#pick(this.#engines), this.#pick(this.#engines)]
    if (first === undefined || second === undefined) return
    if (this.#below(4) > 0 || first === second) await this.#act(first)
    else await Promise.all([this.#act(first), this.#act(second)])
  }

  /** One engine does one thing, perhaps with faults; a dead one is opened again. */
  async #act(engine: Engine): Promise<void> {
    engine.isListing = this.#below(3) > 0
    if (this.#below(6) === 0) engine.callsLeft = this.#below(30)
    const act = this.#pick(this.#acts(engine)) ?? (() => this.#world.time.pass(hour))
    try {
      await act()
    } catch (thrown) {
      const isHonest = thrown instanceof Failure && honest.includes(thrown.code)
      if (!isHonest) this.#bad.push(`${act.name}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
    }
    if (engine.callsLeft !== undefined && engine.callsLeft <= 0) await this.#revive(engine)
    else engine.callsLeft = undefined
  }

  #acts(engine: Engine): readonly (() => Promise<void>)[] {
    const begin = () => this.#begin(engine)
    const commit = () => this.#commit(engine)
    const drop = () => this.#drop(engine)
    const recover = () => this.#recover(engine)
    const sweep = () => this.#sweep(engine)
    const pass = () => this.#world.time.pass(this.#below(30) * hour)
    const rest = () => letLeasesEnd(this.#world.time)
    const skew = async () => {
      engine.skewMs = (this.#below(9) - 4) * (this.#below(4) === 0 ? hour : minute)
    }
    const later = async () => {
      await this.#world.time.pass(13 * hour)
      await this.#sweep(engine)
    }
    const readOn = () => this.#readOn(engine)
    const backup = async () => {
      if (engine.draft === undefined) await this.#begin(engine)
      await this.#commit(engine)
    }
    const upkeep = [sweep, sweep, sweep, later, later, later]
    return [begin, commit, commit, backup, backup, drop, drop, recover, ...upkeep, pass, rest, skew, readOn, readOn]
  }

  async #begin(engine: Engine): Promise<void> {
    if (engine.draft !== undefined) return
    const number = ++this.#number
    const known = this.#pick(engine.repository.points())
    const base = this.#below(3) === 0 ? undefined : known && this.#points.get(known.id)
    const machineId = this.#pick(machines) ?? ''
    const draft = engine.repository.beginPoint(pointIdOf(number), machineId)
    const bytes = Buffer.from(base?.bytes ?? Buffer.alloc(sizeBytes))
    engine.draft = { draft, machineId, number, bytes, base }
    try {
      const disk = await draft.addDisk({ name: 'vda', sizeBytes, base: base && known?.id }, never)
      for (let write = 0; write < 1 + this.#below(3); write++) {
        const from = this.#below(diskChunks)
        // Few seeds, so that machines often have the same chunks.
        const piece = noise(this.#below(6), (1 + this.#below(diskChunks - from)) * testChunkBytes)
        bytes.set(piece, from * testChunkBytes)
        await disk.write(from * testChunkBytes, Uint8Array.from(piece), never)
      }
    } catch (thrown) {
      await this.#abandon(engine)
      throw this.#asBase(thrown, base)
    }
  }

  /** The base may have been purged and swept since this engine looked the last time: then it cannot be built upon. */
  #asBase(thrown: unknown, base: KnownPoint | undefined): unknown {
    const isGone =
      thrown instanceof Failure && ['object-missing', 'pack-missing', 'object-damaged'].includes(thrown.code)
    if (isGone && base !== undefined && base.life !== 'kept') return new Failure('point-not-found', thrown.message)
    return thrown
  }

  async #commit(engine: Engine): Promise<void> {
    const under = engine.draft
    if (under === undefined) return
    engine.draft = undefined
    const id = pointIdOf(under.number)
    const isDying = engine.callsLeft !== undefined
    const known: KnownPoint = { bytes: under.bytes, life: 'unsure', underWay: 0, isMixed: false }
    if (isDying) this.#points.set(id, known)
    try {
      const facts = { ...factsOf(under.number, [{ name: 'vda', sizeBytes }]), machineId: under.machineId }
      await under.draft.commit(facts, never)
      this.#points.set(id, { ...known, life: 'kept' })
    } catch (thrown) {
      throw this.#asBase(thrown, under.base)
    } finally {
      await endQuietly(under.draft)
    }
  }

  async #drop(engine: Engine): Promise<void> {
    const id = this.#pick(engine.repository.points())?.id
    const known = this.#points.get(id ?? '')
    if (id === undefined || known === undefined) return
    await this.#change(known, 'trash', () => engine.repository.drop([id], 'person', never))
  }

  async #recover(engine: Engine): Promise<void> {
    await engine.repository.refresh(never)
    const id = this.#pick(engine.repository.trash())?.point.id
    const known = this.#points.get(id ?? '')
    if (id === undefined || known === undefined) return
    await this.#change(known, 'kept', () => engine.repository.recover([id], never))
  }

  /** Of two changes at once nobody knows which came first. */
  async #change(known: KnownPoint, life: KnownPoint['life'], work: () => Promise<void>): Promise<void> {
    known.life = 'unsure'
    known.underWay++
    known.isMixed ||= known.underWay > 1
    try {
      await work()
      if (!known.isMixed) known.life = life
    } finally {
      known.underWay--
      known.isMixed &&= known.underWay > 0
    }
  }

  async #sweep(engine: Engine): Promise<void> {
    const trashMs = this.#below(2) * 20 * hour
    this.#swept += (await engine.repository.sweep({ ...usualSweep, trashMs }, never)).removed
  }

  /**
   * Somebody reads on while this engine deletes what he reads, as soon as it may: he has the grace for it. The cycle before
   * takes back marks of what the point needs, which a draft that outlived them may have relied on.
   */
  async #readOn(engine: Engine): Promise<void> {
    await engine.repository.sweep({ ...usualSweep, trashMs: 1e6 * hour }, never)
    const reader = this.#engines.find((each) => each !== engine && each.draft === undefined)?.repository
    await reader?.refresh(never)
    const id = this.#pick(reader?.points() ?? [])?.id ?? ''
    const known = this.#points.get(id)
    if (reader === undefined || known?.life !== 'kept') return
    try {
      await this.#change(known, 'trash', () => engine.repository.drop([id], 'person', never))
      await letLeasesEnd(this.#world.time)
      for (let cycle = 0; cycle < 2; cycle++) await engine.repository.sweep(usualSweep, never)
    } finally {
      const content = await contentOf(reader, id, 'vda')
      if (!content.equals(known.bytes)) this.#bad.push(`point ${id} reads otherwise`)
    }
  }

  /** The dead one stays dead: what it leaves behind is what a killed process leaves. */
  async #revive(engine: Engine): Promise<void> {
    await this.#abandon(engine)
    await endQuietly(engine.repository)
    this.#engines[this.#engines.indexOf(engine)] = await this.#open()
  }

  async #abandon(engine: Engine): Promise<void> {
    const draft = engine.draft?.draft
    engine.draft = undefined
    if (draft !== undefined) await endQuietly(draft)
  }

  async #open(): Promise<Engine> {
    const faulty: Pick<Engine, 'skewMs' | 'callsLeft' | 'isListing'> = {
      skewMs: 0,
      callsLeft: undefined,
      isListing: false,
    }
    const holder: { engine: typeof faulty } = { engine: faulty }
    const faults: Faults = {
      onCall: ({ kind, when }) => {
        const { engine } = holder
        if (engine.callsLeft === undefined || !mutating.has(kind)) return
        if (when === 'before') engine.callsLeft--
        // Half of the deaths come after the work was done.
        if (engine.callsLeft < 0 || (engine.callsLeft === 0 && when === 'after')) {
          throw new Failure('repository-unreachable', 'it died')
        }
      },
      listed: (infos) => this.#lists.listed(infos, holder.engine.isListing),
    }
    const clock = this.#world.time.clock(() => holder.engine.skewMs)
    const repository = await this.#world.open({ clock, plants: this.#plants }, faults)
    const engine: Engine = { ...faulty, repository, draft: undefined }
    holder.engine = engine
    return engine
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#below(items.length)]
  }

  async #end(): Promise<void> {
    for (const engine of this.#engines) {
      await this.#abandon(engine)
      engine.callsLeft = undefined
      await engine.repository[Symbol.asyncDispose]()
    }
    this.#bad.push(...(await judge(this.#world, this.#points)))
  }
}
