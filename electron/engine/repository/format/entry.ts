import * as z from 'zod/mini'
import { pointId } from '../../../../shared/point.ts'
import { lockRule } from '../../../../shared/repository.ts'
import type { RepositoryKeys } from './key.ts'
import { objectTypes, openObject, sealObject } from './object.ts'

/** A name of an object that is named by its bytes, or an id: 64 lower-case hex digits. */
export const hex32 = z.string().check(z.regex(/^[0-9a-f]{64}$/))

const common = {
  version: z.literal(1),
  number: z.number().check(z.int(), z.minimum(1)),
  /** SHA-256 of the entry before, as it is stored. */
  previous: hex32,
  at: z.number(),
}

/** The number of the `lease` entry under which it was written: higher ones were taken later. */
const fence = z.number().check(z.int(), z.minimum(1))
const names = z.array(hex32)
const objects = { packs: names, indexes: names, manifests: names }
const pointIds = z.array(pointId)

/** One step in the life of a repository (FORMAT.md §4.4). */
const entry = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('created') }),
  z.object({ ...common, kind: z.literal('point'), pointId, manifest: hex32, indexes: names, fence: z.optional(fence) }),
  z.object({ ...common, kind: z.literal('indexes'), indexes: names, fence }),
  z.object({ ...common, kind: z.literal('note'), pointId, pinned: z.boolean(), labels: z.array(z.string()) }),
  z.object({ ...common, kind: z.literal('drop'), pointIds, why: z.enum(['retention', 'person']) }),
  z.object({ ...common, kind: z.literal('recover'), pointIds }),
  z.object({ ...common, kind: z.literal('purge'), pointIds, fence }),
  z.object({ ...common, kind: z.literal('lease'), role: z.enum(['writer', 'sweeper']), holder: z.string() }),
  z.object({ ...common, kind: z.literal('release'), fence, indexes: names }),
  z.object({ ...common, kind: z.literal('bad'), packs: names }),
  z.object({ ...common, kind: z.literal('mark'), ...objects, revived: z.object(objects), fence }),
  z.object({ ...common, kind: z.literal('sweep'), ...objects, fence }),
  z.object({ ...common, kind: z.literal('cycle'), swept: z.array(fence), fence }),
  z.object({ ...common, kind: z.literal('epoch'), epoch: z.number().check(z.int(), z.minimum(2)) }),
  z.object({ ...common, kind: z.literal('lock'), rule: z.nullable(lockRule) }),
])
const unknownEntry = z.object({ ...common, kind: z.string() })

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T
export type Entry = Frozen<z.infer<typeof entry>>
type BodyOf<E> = E extends unknown ? Omit<E, keyof typeof common> : never
/** What an entry says beside its number, its link to the one before, and its time. */
export type EntryBody = BodyOf<Entry>
/** `unknown`: written by a later version; it makes the repository read-only. */
export type ReadEntry = Entry | (Omit<z.infer<typeof unknownEntry>, 'kind'> & { readonly kind: 'unknown' })

/** `previous` of the first entry. */
export const noEntry = '0'.repeat(64)

export function entryName(number: number): string {
  return `ledger/${String(number).padStart(16, '0')}`
}

export function sealEntry(keys: RepositoryKeys, salt: Uint8Array, value: Entry): Uint8Array<ArrayBuffer> {
  return sealObject(keys, objectTypes.entry, salt, Buffer.from(JSON.stringify(value)))
}

/** Fails with `object-damaged` unless it opens and says itself that it is entry `number`. */
export function openEntry(keys: RepositoryKeys, bytes: Uint8Array, number: number): ReadEntry {
  const name = entryName(number)
  const value: unknown = JSON.parse(Buffer.from(openObject(keys, objectTypes.entry, bytes, name)).toString())
  const known = entry.safeParse(value)
  return known.success ? known.data : { ...unknownEntry.parse(value), kind: 'unknown' }
}
