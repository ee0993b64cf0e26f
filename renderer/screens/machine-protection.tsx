import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useProtection } from '../parts/console-context.tsx'
import { Panel } from '../parts/panel.tsx'
import { ProtectionMark } from '../parts/state.tsx'
import type { Coverage } from '../stores/coverage.ts'
import { ProtectionFix } from './protection-fix.tsx'

/** Why the machine is protected or not, each reason with its fix beside it, and what else one should know of it. */
export function MachineProtection({ row }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  const protection = useProtection().get(row.machineId)
  const { machine } = row
  return (
    <Panel
      title={t('machines.protection')}
      {...(protection === undefined ? {} : { note: <ProtectionMark state={protection.state} /> })}
    >
      <ul className="machine-reasons">
        {protection?.reasons.map((reason) => (
          <li key={reason}>
            <span>{t(`fact.protectionReason.${reason}`)}</span>
            <ProtectionFix machineId={row.machineId} reason={reason} />
          </li>
        ))}
        {machine?.deepChain === undefined ? undefined : <li>{t('machine.deepChain', { count: machine.deepChain })}</li>}
        {machine?.transient === true ? <li>{t('machine.transient')}</li> : undefined}
        {machine?.snapshotRefusal === undefined ? undefined : (
          <li>{t('snapshot.noTake', { reason: t(`fact.snapshotRefusal.${machine.snapshotRefusal}`) })}</li>
        )}
      </ul>
      <dl className="facts machine-facts">
        <dt>{t('machine.id')}</dt>
        <dd className="mono">{row.machineId}</dd>
      </dl>
    </Panel>
  )
}
