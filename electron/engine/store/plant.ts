/**
 * Bugs that the safety suites switch on to prove that they would be caught. Nothing outside tests passes any.
 *
 * `no-readback`: an upload counts as soon as the store has answered.
 * `retry-reseals`: an upload that is tried again sends other bytes than the first time.
 */
export type Plant = 'no-readback' | 'retry-reseals'

export type Plants = ReadonlySet<Plant>

export const noPlants: Plants = new Set()
