import { Failure, type FailureCode } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { FileFacts } from '../../guest/guest.ts'

/** Something met on a guest's disk. `path` is for people; `name` is the guest's own and hostile. */
export type Met = { readonly path: string; readonly name: string; readonly facts: FileFacts }

export type MetFile = Met & {
  /** The same for names of one file; undefined where it has only one. */
  readonly node: string | undefined
  /** Whoever opens it closes it. */
  open(): Promise<ReadableDisk>
}

/**
 * Where files go. Calls come one after the other, folders as brackets around what is in them. A sink makes names safe, reports
 * what it leaves out, and fails only for reasons of its own place.
 */
export type Sink = {
  /** False where the folder was left out and with it all that is in it: then no `leave` follows. */
  enter(folder: Met): Promise<boolean>
  leave(): Promise<void>
  file(file: MetFile): Promise<void>
  link(link: Met): Promise<void>
}

const ofSource: readonly FailureCode[] = [
  'disk-unreadable',
  'file-not-found',
  'file-system-damaged',
  'object-damaged',
  'object-missing',
  'pack-missing',
  'volume-unsupported',
]

/** True for what is wrong with one file or folder of the guest: the others are still to be had. */
export function isOfSource(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && ofSource.includes(thrown.code)
}

/** The permissions that leave a guest: never set-uid, set-gid or sticky. */
export function permissionsOf(facts: FileFacts): number | undefined {
  return facts.mode === undefined ? undefined : facts.mode & 0o777
}

/** Whether a link's target, taken as text, leads out of the tree in which the link lies `depth` folders deep. */
export function leadsOut(target: string, depth: number): boolean {
  if (/^[/\\]|^[a-z]:/iu.test(target)) return true
  let at = depth
  for (const part of target.split(/[/\\]/u)) {
    if (part === '..') at--
    else if (part !== '' && part !== '.') at++
    if (at < 0) return true
  }
  return false
}

/** Where a link points; undefined where no link of any system could. */
export function targetOf({ facts: { target } }: Met): string | undefined {
  return target === '' || target?.includes('\0') ? undefined : target
}
