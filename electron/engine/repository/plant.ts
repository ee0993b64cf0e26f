/**
 * Bugs that the crash suite switches on to prove that it would catch them. Nothing outside tests passes any.
 *
 * `manifest-first`: the manifest and its ledger entry are put before the packs are durable.
 * `ledger-first`: the ledger names a manifest that is put afterwards.
 * `index-late`: the index follows the ledger entry that needs it.
 * `table-first`: a pack's chunks count as stored before the pack is durable.
 * `swallowed-put`: a pack that the store refused is taken for stored.
 */
export type Plant = 'manifest-first' | 'ledger-first' | 'index-late' | 'table-first' | 'swallowed-put'

export type Plants = ReadonlySet<Plant>

export const noPlants: Plants = new Set()
