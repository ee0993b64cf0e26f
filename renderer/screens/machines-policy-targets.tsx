import { type DragEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'

/** What dragged machines are called wherever they may be dropped: a JSON array of ids. */
export const machinesDragType = 'application/x-stillpoint-machines'

type Props = {
  readonly ids: readonly string[]
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
}

/** Every policy as a place to drop machines on, shown only while some are dragged. */
export function PolicyTargets({ ids, onAdd }: Props): ReactNode {
  const { t } = useTranslation()
  const policies = useList('policies').items
  return (
    <div className="policy-targets">
      <span className="policy-targets-title">{t('machines.dropHere')}</span>
      <div className="policy-targets-list">
        {policies.map((policy) => (
          <Target key={policy.id} policy={policy} onDrop={() => onAdd(policy, ids)} />
        ))}
      </div>
    </div>
  )
}

function Target({ policy, onDrop }: { readonly policy: Policy; readonly onDrop: () => void }): ReactNode {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const allow = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(machinesDragType)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a target for the mouse alone; the menus do the same by keyboard
    <div
      className="policy-target"
      data-over={over || undefined}
      onDragEnter={allow}
      onDragOver={allow}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onDrop()
      }}
    >
      <Name text={policy.name} />
      <span className="policy-target-count">{t('machines.policyMachines', { count: policy.machineIds.length })}</span>
    </div>
  )
}
