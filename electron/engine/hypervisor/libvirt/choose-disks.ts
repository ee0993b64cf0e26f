import type { DomainDisk } from './domain-xml.ts'
import { diskProblem } from './machine-disks.ts'

/** Disks to be backed up; the others, drives of removable media among them; and a sentence for each disk that is left out. */
export function chooseDisks(
  all: readonly DomainDisk[],
  state: 'running' | 'off',
): {
  readonly disks: readonly DomainDisk[]
  readonly others: readonly DomainDisk[]
  readonly warnings: readonly string[]
} {
  const fixed = all.filter(({ device }) => device === 'disk' || device === 'lun')
  const disks = fixed.filter((disk) => diskProblem(disk, state) === undefined)
  return {
    disks,
    others: all.filter((disk) => !disks.includes(disk)),
    warnings: fixed.flatMap((disk) => {
      const problem = diskProblem(disk, state)
      return problem === undefined ? [] : [`${disk.name} is not in the point. ${problem}`]
    }),
  }
}
