import { Failure } from '../../../shared/failure.ts'
import type { ObjectName } from './store.ts'

/** Where stores of files keep what is not an object yet. */
export const draftFolder = 'tmp'

/**
 * Refuses names that could lead out of a store, or that another system could read differently: segments of letters,
 * digits, `-` and `.`, not starting with a dot, at most 255 bytes each; nor may one lie where drafts do.
 */
export function needName(name: ObjectName): void {
  if (!isName(name)) throw new Failure('invalid-argument', `${JSON.stringify(name)} cannot name an object`)
}

/** Whether something can be an object of ours. */
export function isName(name: string): boolean {
  const segments = name.split('/')
  const sound = segments.every((segment) => /^[A-Za-z0-9-][A-Za-z0-9.-]{0,254}$/.test(segment))
  return sound && segments[0] !== draftFolder
}

/** A prefix is empty or the name of a folder of objects with `/` behind it. */
export function needPrefix(prefix: string): void {
  if (prefix === '') return
  if (!prefix.endsWith('/')) throw new Failure('invalid-argument', `${JSON.stringify(prefix)} does not end with /`)
  needName(prefix.slice(0, -1))
}
