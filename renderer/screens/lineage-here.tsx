import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import type { LineageNode } from '../lineage/lineage.ts'
import { useConsole } from '../parts/console-context.tsx'
import { MachineState } from '../parts/state.tsx'
import { NodeTitle } from './lineage-details.tsx'

type Props = { readonly machine: Machine; readonly from: LineageNode | undefined }

/** The machine as it is now: where it came from, and that nothing holds it yet. */
export function HereDetails({ machine, from }: Props): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  return (
    <>
      <h3 className="lineage-title">{t('lineage.here')}</h3>
      <dl className="facts">
        <dt>{t('lineage.hereState')}</dt>
        <dd>
          <MachineState state={machine.state} />
        </dd>
        <dt>{t('lineage.hereFrom')}</dt>
        <dd>{from === undefined ? t('lineage.hereNothing') : <NodeTitle node={from} />}</dd>
      </dl>
      <p className="lineage-note">{t('lineage.hereSince')}</p>
      <div className="lineage-actions">
        <Button onClick={() => opened.open({ kind: 'back-up', machineIds: [machine.id] })}>
          {t('machines.backUp')}
        </Button>
      </div>
    </>
  )
}
