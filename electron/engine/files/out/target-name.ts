import { Failure, isAbort } from '../../../../shared/failure.ts'
import { asTargetFailure } from '../../disk/raw-image.ts'
import { type NameRules, numbered, safeName } from './names.ts'
import type { Numbers } from './numbers.ts'
import type { Met } from './sink.ts'

const mostTries = 10_000

export type Made<T> = { readonly name: string; readonly made: T }

/**
 * Makes something under the entry's own name, made safe, or the next number of it that is free. `make` throws EEXIST where a name
 * is taken. Fails with `target-exists` when no number is, else as the target does.
 */
export async function underFreeName<T>(
  { name, facts }: Pick<Met, 'name' | 'facts'>,
  rules: NameRules,
  numbers: Numbers,
  make: (name: string) => Promise<T>,
): Promise<Made<T>> {
  const safe = safeName(name, rules)
  const first = numbers.next(safe)
  for (let count = first; count < first + mostTries; count++) {
    const tried = numbered(safe, count, facts.kind === 'folder', rules)
    try {
      const made = await make(tried)
      numbers.tried(safe, count)
      return { name: tried, made }
    } catch (thrown) {
      if (!isCode(thrown, 'EEXIST')) throw thrown
      numbers.tried(safe, count)
    }
  }
  throw new Failure('target-exists', `${safe} and ${mostTries} numbers of it exist already`)
}

export function isCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code))
}

/** The system's refusals that are about this one name or content; all others are about the place. */
const aboutOne = ['ENAMETOOLONG', 'EILSEQ', 'EFBIG', 'ERR_INVALID_ARG_VALUE']

/** Why this one was left out; throws what ends everything. */
export function reasonToSkip(thrown: unknown): string {
  if (isCode(thrown, ...aboutOne)) return `The target does not take it: ${String(thrown)}`
  throw asTarget(thrown)
}

/** What the system said, as a failure of the target; what is a failure or a cancellation already stays. */
export function asTarget(thrown: unknown): unknown {
  return thrown instanceof Failure || isAbort(thrown) ? thrown : asTargetFailure(thrown)
}
