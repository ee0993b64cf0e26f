import { EventEmitter } from 'node:events'

type Carry = (id: number, data: unknown) => void
/** Says `page-gone` when the page that holds ports of ours reloads or closes. */
type Page = Pick<EventEmitter, 'once'>

const atPages = new Map<number, Near>()
let lastId = 0

/** What the page posted into its end of port `id`. */
export function fromPage(id: number, data: unknown): void {
  atPages.get(id)?.hear(data)
}

/** The end of a channel that main keeps: emits `message` with `{ data }`, and `close` when the page has gone. */
class Near extends EventEmitter {
  #carry: ((data: unknown) => void) | undefined
  readonly #early: unknown[] = []
  readonly #heard: unknown[] = []
  #isStarted = false

  postMessage(data: unknown): void {
    if (this.#carry === undefined) this.#early.push(data)
    else this.#carry(data)
  }
  start(): void {
    this.#isStarted = true
    for (const data of this.#heard.splice(0)) this.hear(data)
  }
  close(): void {
    this.emit('close')
  }
  hear(data: unknown): void {
    if (this.#isStarted) this.emit('message', { data })
    else this.#heard.push(data)
  }
  carryBy(carry: (data: unknown) => void): void {
    this.#carry = carry
    for (const data of this.#early.splice(0)) carry(data)
  }
}

/** The end that is sent to a page. */
export class Far {
  readonly #near: Near
  constructor(near: Near) {
    this.#near = near
  }
  /** Answers the number by which the page and `carry` know it. */
  sendTo(page: Page, carry: Carry): number {
    const id = ++lastId
    atPages.set(id, this.#near)
    page.once('page-gone', () => {
      atPages.delete(id)
      this.#near.close()
    })
    // The page has to hear of the port before anything comes through it.
    queueMicrotask(() => this.#near.carryBy((data) => carry(id, data)))
    return id
  }
}

export class MessageChannelMain {
  readonly port1 = new Near()
  readonly port2 = new Far(this.port1)
}
