import type { ReactNode } from 'react'
import type { Result } from '../../shared/contract.ts'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'

type Props = { readonly failed: readonly Result<'runPolicy'>['failed'][number][] }

/** Machines of which no run could be started, each with its cause and the next step. */
export function NotStarted({ failed }: Props): ReactNode {
  const machines = useList('machines').items
  const nameOf = (id: string): string => machines.find((machine) => machine.id === id)?.name ?? id
  return (
    <ul className="not-started">
      {failed.map(({ machineId, failure }) => (
        <li key={machineId}>
          <Name text={nameOf(machineId)} />
          <FailureNote failure={failure} />
        </li>
      ))}
    </ul>
  )
}
