import { type FileHandle, open } from 'node:fs/promises'
import type { Chance } from './chance.ts'
import type { DiskEvent } from './recording-disk.ts'

type Write = Extract<DiskEvent, { kind: 'write' }>

const sectorBytes = 512

/** What lasts and what is open when the power fails before the event at `at`. */
export type Cut = { readonly lasting: readonly Write[]; readonly open: readonly Write[] }

/** `from` is where the last image ended, so that images are made in passing. An honest disk has kept what it had at its last flush. */
export function cutAt(events: readonly DiskEvent[], from: number, at: number): Cut & { readonly lastsTo: number } {
  const flush = events.slice(0, at).findLastIndex(({ kind }) => kind === 'flush')
  const lastsTo = Math.max(from, flush + 1)
  return { lasting: writesOf(events.slice(from, lastsTo)), open: writesOf(events.slice(lastsTo, at)), lastsTo }
}

function writesOf(events: readonly DiskEvent[]): readonly Write[] {
  return events.filter((event): event is Write => event.kind === 'write')
}

export async function writeAll(image: string, writes: readonly Write[]): Promise<void> {
  const handle = await open(image, 'r+')
  try {
    for (const { offset, bytes } of writes) await handle.write(bytes, 0, bytes.length, offset)
  } finally {
    await handle.close()
  }
}

/** Every write that was open is there, is not, or is there up to some sector; in an order of its own. */
export async function writeSome(image: string, writes: readonly Write[], chance: Chance): Promise<void> {
  const handle = await open(image, 'r+')
  try {
    for (const write of shuffled(writes, chance)) await writeTorn(handle, write, chance)
  } finally {
    await handle.close()
  }
}

async function writeTorn(handle: FileHandle, { offset, bytes }: Write, chance: Chance): Promise<void> {
  const sectors = Math.ceil(bytes.length / sectorBytes)
  const kept = [0, sectors, chance.below(sectors + 1)][chance.below(3)] ?? 0
  await handle.write(bytes, 0, Math.min(bytes.length, kept * sectorBytes), offset)
}

function shuffled<T>(all: readonly T[], chance: Chance): readonly T[] {
  const keys = new Map(all.map((each) => [each, chance.below(2 ** 31)]))
  return all.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
}
