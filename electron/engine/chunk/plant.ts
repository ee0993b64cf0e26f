/**
 * Bugs and faults that the safety suites switch on to prove that they would be caught. Nothing outside tests passes any.
 *
 * `no-verification-before-put`: packs are handed over without being opened again.
 * `no-aad`: records are sealed and opened without their place, type and lengths.
 * `short-tag`: four bytes of a tag are taken for enough.
 * `flipped-bit`: not a bug but the fault that verification is there for: memory that changes one bit of a sealed record.
 * `dying-worker`: the fault of a thread that ends in the middle of its work, at a chunk that begins with "die!".
 */
export type Plant = 'no-verification-before-put' | 'no-aad' | 'short-tag' | 'flipped-bit' | 'dying-worker'

export type Plants = ReadonlySet<Plant>

export const noPlants: Plants = new Set()
