import { fromWire, type WireFailure } from '../../shared/failure.ts'
import type { Sealing } from './secrets.ts'

type Question = {
  readonly kind: 'secret'
  readonly id: number
  readonly act: 'seal' | 'open'
  readonly bytes: Uint8Array
}

type Opened = { readonly bytes: Uint8Array; readonly isStale: boolean }

export type SealingAnswer = { readonly kind: 'secret'; readonly id: number } & (
  | Opened
  | { readonly failure: WireFailure }
)

/** Sealing by the other side of a message port: `ask` posts a question, `settle` takes the answer that carries its number. */
export function askedSealing(
  ask: (question: Question) => void,
): Sealing & { readonly settle: (answer: SealingAnswer) => void } {
  const waiting = new Map<number, PromiseWithResolvers<Opened>>()
  let lastId = 0

  function question(act: Question['act'], bytes: Uint8Array): Promise<Opened> {
    const id = ++lastId
    const answered = Promise.withResolvers<Opened>()
    waiting.set(id, answered)
    ask({ kind: 'secret', id, act, bytes })
    return answered.promise
  }

  return {
    seal: async (secret) => (await question('seal', secret)).bytes,
    open: async (sealed) => {
      const { bytes, isStale } = await question('open', sealed)
      return { secret: bytes, isStale }
    },
    settle(answer) {
      const waiter = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('failure' in answer) waiter?.reject(fromWire(answer.failure))
      else waiter?.resolve(answer)
    },
  }
}
