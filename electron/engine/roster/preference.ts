import { isDeepStrictEqual } from 'node:util'
import type { RepositoryId, StoreAddress } from '../../../shared/repository.ts'

/** What decides from which of several repositories a point is read. */
export type Ranked = {
  readonly id: RepositoryId
  readonly isOpen: boolean
  readonly isDamaged: boolean
  /** On this machine or its network, not behind a bucket. */
  readonly isNear: boolean
}

/** Open ones first, of these whole ones, of these near ones; the rest by their ids, so that everybody chooses alike. */
export function byPreference(ranked: readonly Ranked[]): readonly RepositoryId[] {
  const weight = ({ isOpen, isDamaged, isNear }: Ranked): number =>
    (isOpen ? 0 : 4) + (isDamaged ? 2 : 0) + (isNear ? 0 : 1)
  return ranked.toSorted((a, b) => weight(a) - weight(b) || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** The same place: how it is trusted and reached may differ. */
export function isSame(one: StoreAddress, other: StoreAddress): boolean {
  return isDeepStrictEqual(placeOf(one), placeOf(other))
}

function placeOf(address: StoreAddress): object {
  if (address.kind === 'folder') return address
  const { endpoint, region, bucket, prefix } = address
  // Without an endpoint the region chooses it; behind one of its own it is only a word in signatures.
  return endpoint === undefined ? { region, bucket, prefix } : { endpoint: new URL(endpoint).host, bucket, prefix }
}
