import type { FileDetails, FileEntry, FilePath } from '../../../shared/files.ts'
import type { FileFacts, FolderEntry, GuestTime } from '../guest/guest.ts'

/** An entry as the contract tells it: milliseconds for nanoseconds, nothing where a file system has nothing. */
export function entryOf({ name, facts, problem }: FolderEntry): FileEntry {
  const broken = problem === undefined ? {} : { problem }
  if (facts === undefined) return { name, kind: 'other', sizeBytes: 0, ...broken }
  const { kind, sizeBytes, mode, uid, gid, target, attributes } = facts
  const changedAt = millisecondsOf(facts.changedAt)
  const createdAt = millisecondsOf(facts.createdAt)
  return {
    name,
    kind,
    sizeBytes,
    ...present({ modifiedAt: millisecondsOf(facts.modifiedAt), changedAt, createdAt, mode, uid, gid, target }),
    ...(attributes === undefined ? {} : { attributes: [...attributes] }),
    ...broken,
  }
}

/** Everything that is known of one file. */
export function detailsOf(entry: FolderEntry, path: FilePath): FileDetails {
  const { facts } = entry
  return {
    ...entryOf(entry),
    path,
    node: entry.ref,
    streams: (facts?.streams ?? []).map((stream) => ({ ...stream })),
    ...(facts === undefined ? {} : detailsIn(facts)),
  }
}

function detailsIn({ accessedAt, allocatedBytes, links, device }: FileFacts): Partial<FileDetails> {
  const told = { accessedAt: millisecondsOf(accessedAt), allocatedBytes, links }
  return { ...present(told), ...(device === undefined ? {} : { device: { ...device } }) }
}

/** Milliseconds since 1970 with fractions: a double keeps them to a quarter of a microsecond. */
export function millisecondsOf(time: GuestTime | undefined): number | undefined {
  return time === undefined ? undefined : Number(time) / 1e6
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> }

function present<T extends object>(values: T): Known<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Known<T>
}
