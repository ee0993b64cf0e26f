/**
 * The chunks that a sealer's threads have sealed lately and that the repository's table does not tell yet, so that no two
 * threads seal the same one. Shared memory that every thread reads and fills.
 *
 * A claim that is lost costs space, never correctness: the chunk is sealed twice. A claim that is wrong would lose data,
 * so a slot's id is readable only after it is whole, and slots are never cleared: a full generation gives way to a new one.
 */

const wordsPerSlot = 5
const slots = 32_768
const fullAt = 24_576
const maxProbes = 256
const countWord = slots * wordsPerSlot

const free = 0
const filling = 1
const filled = 2

export type Generations = { readonly current: SharedArrayBuffer; readonly previous: SharedArrayBuffer }

export function newGenerations(): Generations {
  return { current: newGeneration(), previous: newGeneration() }
}

/** The same, or with an empty generation on top when the current one is full. Called by one thread. */
export function renewed(generations: Generations): Generations {
  const claimed = Atomics.load(new Int32Array(generations.current), countWord)
  return claimed < fullAt ? generations : { current: newGeneration(), previous: generations.current }
}

/** True when the caller is the one to seal this id: nobody has claimed it in these generations. */
export function claim(generations: Generations, id: Uint8Array): boolean {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength)
  return !isClaimed(new Int32Array(generations.previous), view) && claimIn(new Int32Array(generations.current), view)
}

function claimIn(words: Int32Array, id: DataView): boolean {
  for (const at of probes(id)) {
    const state = Atomics.compareExchange(words, at, free, filling)
    if (state === filled && holds(words, at, id)) return false
    // A slot that another thread is filling just now may be of the same id: then both seal it.
    if (state !== free) continue
    for (let word = 0; word < 4; word++) words[at + 1 + word] = id.getInt32(word * 4, true)
    Atomics.store(words, at, filled)
    Atomics.add(words, countWord, 1)
    return true
  }
  return true
}

function isClaimed(words: Int32Array, id: DataView): boolean {
  for (const at of probes(id)) {
    const state = Atomics.load(words, at)
    if (state === free) return false
    if (state === filled && holds(words, at, id)) return true
  }
  return false
}

function* probes(id: DataView): Generator<number> {
  const home = id.getUint32(0, true) % slots
  for (let probe = 0; probe < maxProbes; probe++) yield ((home + probe) % slots) * wordsPerSlot
}

function holds(words: Int32Array, at: number, id: DataView): boolean {
  for (let word = 0; word < 4; word++) {
    if (words[at + 1 + word] !== id.getInt32(word * 4, true)) return false
  }
  return true
}

function newGeneration(): SharedArrayBuffer {
  return new SharedArrayBuffer((countWord + 1) * Int32Array.BYTES_PER_ELEMENT)
}
