import { Failure } from '../../../../shared/failure.ts'
import { sentence } from '../../../../shared/sentences.ts'
import type { DomainDisk } from './domain-xml.ts'
import { diskProblem } from './machine-disks.ts'

type Chosen = {
  readonly disks: readonly DomainDisk[]
  /** Drives of removable media, disks that cannot be read, and those left out by choice. */
  readonly others: readonly DomainDisk[]
  /** A sentence for each disk that is left out, unless somebody chose so. */
  readonly warnings: readonly string[]
}

/** Disks to be backed up. Fails with `disk-unsupported` when there is none. */
export function chooseDisks(all: readonly DomainDisk[], excluded: readonly string[], state: 'running' | 'off'): Chosen {
  const fixed = all
    .filter(({ device }) => device === 'disk' || device === 'lun')
    .filter(({ name }) => !excluded.includes(name))
  const judged = fixed.map((disk) => ({ disk, problem: problemOf(disk, state) }))
  const disks = judged.filter(({ problem }) => problem === undefined).map(({ disk }) => disk)
  const warnings = judged.flatMap(({ disk, problem }) =>
    problem === undefined ? [] : [sentence('disk-not-in-point', { disk: disk.name, problem })],
  )
  if (disks.length === 0)
    throw new Failure('disk-unsupported', ['The machine has no disk that can be backed up now.', ...warnings].join(' '))
  return { disks, others: all.filter((disk) => !disks.includes(disk)), warnings }
}

function problemOf(disk: DomainDisk, state: 'running' | 'off'): string | undefined {
  if (state === 'off' && disk.source.kind === 'block')
    return sentence('disk-is-block-device', { path: disk.source.path })
  return diskProblem(disk, state)
}
