import { Failure } from '../../../shared/failure.ts'
import { toHex } from './format/bytes.ts'
import type { Core } from './parts.ts'

/** Milliseconds since 1970. `skewMs` is how far this computer's clock is ahead. */
export type StoreTime = { readonly at: number; readonly skewMs: number }

/** No lease has this number: probes lie in its folder. */
const probes = 'leases/0000000000000000/'

/**
 * What the store's clock says: the store is asked when it took in an object that was put just now. Fails with
 * `store-unsuitable` where it does not tell.
 */
export async function storeNow({ clock, random, store }: Core, signal: AbortSignal): Promise<StoreTime> {
  const name = probes + toHex(random(8))
  await store.put(name, Buffer.from(name), signal)
  try {
    const found = await store.stat(name, signal)
    if (found?.modifiedAt === undefined) {
      throw new Failure('store-unsuitable', `${store.title} does not tell when an object was put`)
    }
    return { at: found.modifiedAt, skewMs: clock.now() - found.modifiedAt }
  } finally {
    // A probe that stays means nothing.
    await store.remove(name, signal).catch(() => undefined)
  }
}
