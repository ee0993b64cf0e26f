import { catchUp, settle } from './catch-up.ts'
import type { EntryBody } from './format/entry.ts'
import type { OnSent } from './holdings.ts'
import type { Core } from './parts.ts'
import { needWritable } from './read-only.ts'

/**
 * Appends one entry to the ledger; the caller has the turn. Answers its number.
 *
 * The ledger is where engines are put in order: `body` is asked when everything before the entry is known and taken in, and
 * again when somebody else was quicker. So what it checks (points, leases, marks) is true at the entry's place, whatever
 * clocks and listings say. It may throw to give up; then nothing was appended. Once the entry is there nothing that follows
 * can fail. Fails with `repository-too-new` where a later version writes, and as `Ledger.append` does.
 */
export async function appendEntry(
  core: Core,
  body: () => EntryBody | Promise<EntryBody>,
  signal: AbortSignal,
  onSent: OnSent = () => {},
): Promise<number> {
  const { clock, ledger } = core
  const number = await ledger.append(
    async (number, previous) => {
      needWritable(core)
      return { version: 1, number, previous, at: clock.now(), ...(await body()) }
    },
    () => catchUp(core, signal),
    onSent,
    signal,
  )
  settle(core)
  return number
}
