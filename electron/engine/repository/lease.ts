import { Failure } from '../../../shared/failure.ts'
import { hostOf, isGone } from '../base/holder.ts'
import { orAborted } from '../base/or-aborted.ts'
import { adoptPacks } from './adopt.ts'
import { appendEntry } from './append.ts'
import { Beats, beatEveryMs } from './beats.ts'
import { catchUp } from './catch-up.ts'
import type { Lease } from './ledger-state.ts'
import type { Core } from './parts.ts'
import { storeNow } from './store-time.ts'
import { Turns } from './turns.ts'

/** Kept until it is disposed of. `fence` is the number of the lease's entry: later leases have higher ones. */
export type Hold = AsyncDisposable & { readonly fence: number }

type Held = {
  readonly fence: number
  readonly role: Lease['role']
  readonly beats: Beats
  readonly ended: AbortController
  /** This and `idleSince` on the clock that never goes back. */
  readonly takenAt: number
  holders: number
  idleSince: number
}

/** How long a writer's lease is kept when nothing needs it, so that backups one after the other share one. */
const lingerMs = 300_000
/** After that long those who come take a new lease: what was marked since the old one was taken stays as long as it stands. */
const renewAfterMs = 3_600_000
/** How long closing a repository may wait for its store. */
const closeMs = 10_000

/**
 * The leases of this engine in one repository (I10). A lease is an entry of the ledger; it ends by a `release` entry, its
 * holder's or, once the holder is dead, anybody's. The holder is told by nobody: it looks (`need`) whenever it appends.
 * Whoever ends a lease names the packs that were stored under it, so that nothing durable is stored again.
 */
export class Leases implements AsyncDisposable {
  readonly #core: Core
  readonly #holder: string
  readonly #held = new Set<Held>()
  /** One is taken or given back at a time. */
  readonly #taking = new Turns()

  constructor(core: Core, holder: string) {
    this.#core = core
    this.#holder = holder
  }

  /**
   * The caller does not have the turn. Writers of this engine share one lease. Fails with `repository-busy` when somebody
   * else sweeps.
   */
  hold(role: Lease['role'], signal: AbortSignal): Promise<Hold> {
    return this.#taking.run(async () => {
      const held = this.#usable(role) ?? (await this.#core.turns.run(() => this.#take(role, signal)))
      held.holders++
      let isHeld = true
      return {
        fence: held.fence,
        [Symbol.asyncDispose]: async () => {
          if (isHeld) await this.#giveBack(held)
          isHeld = false
        },
      }
    })
  }

  /** Fails with `lease-lost` when somebody has released it. To be asked in the body of every entry that relies on it. */
  need(fence: number): void {
    if (this.#core.plants.has('no-lease-check') || this.isLiving(fence)) return
    throw new Failure('lease-lost', `Lease ${fence} was taken for dead and released`)
  }

  /** Leases that nobody released, after those of dead holders were. The caller does not have the turn. */
  living(signal: AbortSignal): Promise<readonly Lease[]> {
    return this.#core.turns.run(async () => {
      await this.#core.ledger.advance(signal)
      await catchUp(this.#core, signal)
      const dead = await this.#dead(signal)
      if (dead.length > 0) await adoptPacks(this.#core, signal)
      for (const fence of dead) await this.#releaseDead(fence, signal)
      return [...this.#core.ledger.state.leases.values()]
    })
  }

  /** Releases what nothing needs any more; waits a moment at most: a lease that stays dies by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { clock } = this.#core
    for (const held of this.#held) held.ended.abort()
    const late = new AbortController()
    const closed = new AbortController()
    void clock.sleep(closeMs, closed.signal, true).then(
      () => late.abort(),
      () => undefined,
    )
    const endings = [...this.#held].map((held) => this.#end(held, late.signal))
    await orAborted(Promise.allSettled(endings), late.signal).catch(() => undefined)
    closed.abort()
  }

  /** As far as the ledger was read. */
  isLiving(fence: number): boolean {
    return this.#core.ledger.state.leases.has(fence)
  }

  /** The lease that one more may use: sweepers share none. */
  #usable(role: Lease['role']): Held | undefined {
    const now = this.#core.clock.elapsed()
    return [...this.#held].find(
      (held) =>
        role === 'writer' && held.role === role && this.isLiving(held.fence) && now - held.takenAt < renewAfterMs,
    )
  }

  async #take(role: Lease['role'], signal: AbortSignal): Promise<Held> {
    const { ledger, store } = this.#core
    await ledger.advance(signal)
    await catchUp(this.#core, signal)
    await this.#learnOthers(signal)
    const body = () => {
      if (role === 'sweeper') this.#needNoSweeper()
      return { kind: 'lease', role, holder: this.#holder } as const
    }
    const fence = await appendEntry(this.#core, body, signal)
    const beats = new Beats(store, fence)
    const now = this.#core.clock.elapsed()
    const held = { fence, role, beats, ended: new AbortController(), holders: 0, takenAt: now, idleSince: now }
    this.#held.add(held)
    void this.#keep(held)
    return held
  }

  #needNoSweeper(): void {
    const sweeper = [...this.#core.ledger.state.leases.values()].find(({ role }) => role === 'sweeper')
    if (sweeper === undefined) return
    throw new Failure(
      'repository-busy',
      `${hostOf(sweeper.holder)} is clearing up since ${new Date(sweeper.at).toISOString()}`,
    )
  }

  /** Somebody may have died in the middle of a run: what he stored is found, and serves from now on. */
  async #learnOthers(signal: AbortSignal): Promise<void> {
    if (this.#others().length === 0) return
    const dead = await this.#dead(signal)
    await adoptPacks(this.#core, signal)
    for (const fence of dead) await this.#releaseDead(fence, signal)
  }

  /** Those whose process has ended on this machine, and those whom the store has not heard of for too long. */
  async #dead(signal: AbortSignal): Promise<readonly number[]> {
    const others = this.#others()
    const dead = others.filter(({ holder }) => isGone(holder)).map(({ fence }) => fence)
    const now = others.length === dead.length ? undefined : await timeOf(this.#core, signal)
    if (now === undefined) return dead
    for (const { fence } of others.filter((other) => !dead.includes(other.fence))) {
      if (await new Beats(this.#core.store, fence).areOver(now, signal)) dead.push(fence)
    }
    return dead
  }

  async #releaseDead(fence: number, signal: AbortSignal): Promise<void> {
    await this.#release(fence, signal)
    await new Beats(this.#core.store, fence).clear(signal)
  }

  #others(): readonly Lease[] {
    const own = [...this.#held].map(({ fence }) => fence)
    return [...this.#core.ledger.state.leases.values()].filter(({ fence }) => !own.includes(fence))
  }

  /** Nothing happens when somebody else was quicker. */
  async #release(fence: number, signal: AbortSignal): Promise<void> {
    const { holdings } = this.#core
    try {
      const body = async () => {
        if (!this.isLiving(fence)) throw new Failure('lease-lost', `Lease ${fence} is released already`)
        const indexes = [...(await holdings.index(() => {}, signal))]
        return { kind: 'release' as const, fence, indexes }
      }
      await appendEntry(this.#core, body, signal)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'lease-lost') throw thrown
    }
  }

  async #giveBack(held: Held): Promise<void> {
    held.holders--
    held.idleSince = this.#core.clock.elapsed()
    if (held !== this.#usable('writer')) await this.#end(held, new AbortController().signal)
  }

  /** Beats as long as the lease lives; ends it when nothing has needed it for long. */
  async #keep(held: Held): Promise<void> {
    const { clock } = this.#core
    const { signal } = held.ended
    while (this.isLiving(held.fence) && !signal.aborted) {
      const isOn = await clock.sleep(beatEveryMs, signal, true).then(
        () => true,
        () => false,
      )
      if (!isOn) return
      const isIdle = held.holders === 0 && clock.elapsed() - held.idleSince >= lingerMs
      // A store that is out of reach for a while costs at worst the lease, which is noticed when it matters.
      await (isIdle ? this.#end(held, signal) : held.beats.beat(signal)).catch(() => undefined)
    }
  }

  #end(held: Held, signal: AbortSignal): Promise<void> {
    return this.#taking.run(() =>
      this.#core.turns.run(async () => {
        if (held.holders > 0) return
        this.#held.delete(held)
        await this.#release(held.fence, signal)
        await held.beats.clear(signal)
        held.ended.abort()
      }),
    )
  }
}

/** Undefined where the store does not tell the time: then nobody can be told dead. */
async function timeOf(core: Core, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await storeNow(core, signal)).at
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'store-unsuitable') return undefined
    throw thrown
  }
}
