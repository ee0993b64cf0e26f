import { Failure } from '../../../../shared/failure.ts'
import type { DomainDisk } from './domain-xml.ts'
import { diskProblem } from './machine-disks.ts'

type Chosen = {
  readonly disks: readonly DomainDisk[]
  /** Drives of removable media, and disks that cannot be read. */
  readonly others: readonly DomainDisk[]
  /** A sentence for each disk that is left out. */
  readonly warnings: readonly string[]
}

/** Disks to be backed up. Fails with `disk-unsupported` when there is none. */
export function chooseDisks(all: readonly DomainDisk[], state: 'running' | 'off'): Chosen {
  const fixed = all.filter(({ device }) => device === 'disk' || device === 'lun')
  const judged = fixed.map((disk) => ({ disk, problem: problemOf(disk, state) }))
  const disks = judged.filter(({ problem }) => problem === undefined).map(({ disk }) => disk)
  const warnings = judged.flatMap(({ disk, problem }) =>
    problem === undefined ? [] : [`${disk.name} is not in the point. ${problem}`],
  )
  if (disks.length === 0)
    throw new Failure('disk-unsupported', ['The machine has no disk that can be backed up now.', ...warnings].join(' '))
  return { disks, others: all.filter((disk) => !disks.includes(disk)), warnings }
}

function problemOf(disk: DomainDisk, state: 'running' | 'off'): string | undefined {
  if (state === 'off' && disk.source.kind === 'block')
    return `${disk.source.path} is a block device, which is read only while the machine runs.`
  return diskProblem(disk, state)
}
