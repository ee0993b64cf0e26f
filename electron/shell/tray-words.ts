import type { Run } from '../../shared/job.ts'
import type { Overview } from './overview.ts'
import { shownName } from './shown-name.ts'
import type { Texts } from './text.ts'

const shownRuns = 5

/** What the tray says under the pointer; the systems cut it at about 120 characters. */
export function tooltipOf({ light, counts }: Overview, words: Texts): string {
  const hasCounts = light === 'at-risk' || light === 'unprotected'
  return [words.lights[light], ...(hasCounts ? [words.counts(counts)] : [])].join('\n')
}

/** One line for each run under way, the rest as a number. */
export function runLines(runs: readonly Run[], words: Texts): readonly string[] {
  if (runs.length === 0) return [words.idle]
  const lines = runs.slice(0, shownRuns).map((run) => `${words.runs[run.kind]} ${subjectOf(run, words)}`)
  return runs.length > shownRuns ? [...lines, words.more(runs.length - shownRuns)] : lines
}

function subjectOf({ machineName }: Run, words: Texts): string {
  return machineName === undefined ? words.repository : shownName(machineName)
}
