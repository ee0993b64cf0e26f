/**
 * Bugs that the crash suite switches on to prove that it would catch them. Nothing outside tests passes any.
 *
 * `manifest-first`: the manifest and its ledger entry are put before the packs are durable.
 * `ledger-first`: the ledger names a manifest that is put afterwards.
 * `index-late`: the index follows the ledger entry that needs it.
 * `table-first`: a pack's chunks count as stored before the pack is durable.
 * `swallowed-put`: a pack that the store refused is taken for stored.
 * `no-lease-check`: entries are appended under a lease that somebody else has released.
 * `no-recheck`: a point is committed without looking whether what it needs was swept meanwhile.
 * `no-grace`: what is marked is swept at once.
 * `list-as-truth`: what a listing leaves out is taken for needed by nobody.
 * `sweep-first`: objects are removed before an entry gives them up.
 */
export type Plant =
  | 'manifest-first'
  | 'ledger-first'
  | 'index-late'
  | 'table-first'
  | 'swallowed-put'
  | 'no-lease-check'
  | 'no-recheck'
  | 'no-grace'
  | 'list-as-truth'
  | 'sweep-first'

export type Plants = ReadonlySet<Plant>

export const noPlants: Plants = new Set()
