import os from 'node:os'
import type { Phase, Result } from './bench.ts'
import type { Input } from './input.ts'

const titles: Readonly<Record<Phase, string>> = {
  full: 'full',
  second: 'second day',
  restore: 'restore of the second day',
}

type Row = {
  readonly name: string
  readonly wallS: number
  readonly cpuS: number
  readonly peakMiB: number
  readonly storedMB: number
}

/** Medians of all rounds; `×` is the contender's wall time as a multiple of the first one's. */
export function table(input: Input, results: readonly Result[], median: (values: readonly number[]) => number): string {
  const names = [...new Set(results.map((each) => each.name))]
  const rounds = results.filter((each) => each.name === names[0] && each.phase === 'full').length
  const head = [
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} × ${os.cpus()[0]?.model}, Node ${process.version}`,
    `Disk: ${input.kind}, ${(input.usedBytes / 1e9).toFixed(2)} GB allocated; medians of ${rounds} rounds, in turns.`,
  ]
  const lines = (['full', 'second', 'restore'] as const).flatMap((phase) => {
    const rows = names.flatMap((name) =>
      rowOf(
        name,
        results.filter((each) => each.name === name && each.phase === phase),
        median,
      ),
    )
    return rows.length === 0
      ? []
      : [
          '',
          `| ${titles[phase]} | wall s | × | CPU s | peak MiB | stored MB |`,
          '|---|---|---|---|---|---|',
          ...rows.map((row) => lineOf(row, rows[0] ?? row)),
        ]
  })
  return [...head, ...lines].join('\n')
}

function rowOf(
  name: string,
  results: readonly Result[],
  median: (values: readonly number[]) => number,
): readonly Row[] {
  if (results.length === 0) return []
  const of = (pick: (result: Result) => number): number => median(results.map(pick))
  return [
    {
      name,
      wallS: of((each) => each.run.wallS),
      cpuS: of((each) => each.run.cpuS),
      peakMiB: of((each) => each.run.peakMiB),
      storedMB: of((each) => each.storedBytes) / 1e6,
    },
  ]
}

function lineOf(row: Row, first: Row): string {
  const ratio = row.wallS / first.wallS
  return `| ${row.name} | ${row.wallS.toFixed(2)} | ${ratio.toFixed(2)} | ${row.cpuS.toFixed(1)} | ${Math.round(row.peakMiB)} | ${Math.round(row.storedMB)} |`
}
