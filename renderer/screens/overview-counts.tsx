import { Button, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type ProtectionState, protectionStates } from '../../shared/protection.ts'
import { goTo, useConsole, useProtection } from '../parts/console-context.tsx'
import { Panel } from '../parts/panel.tsx'
import { ProtectionMark, protectionTones } from '../parts/state.tsx'

/** Best first: the eye reads how much is well, then what is not. */
const shownStates = protectionStates.toReversed()

/** How many machines are in which state; each number leads to its machines. */
export function ProtectionCounts(): ReactNode {
  const { t } = useTranslation()
  const all = [...useProtection().values()]
  const counts = shownStates.map((state) => ({ state, count: all.filter((each) => each.state === state).length }))
  return (
    <Panel area="counts" title={t('overview.protection')} note={t('overview.ofMachines', { count: all.length })}>
      <div className="overview-counts">
        {counts.map(({ state, count }) => (
          <Count key={state} state={state} count={count} />
        ))}
      </div>
      <div className="overview-share" aria-hidden="true">
        {counts
          .filter(({ count }) => count > 0)
          .map(({ state, count }) => (
            <span key={state} className={`tone-${protectionTones[state]}`} style={{ flexGrow: count }} />
          ))}
      </div>
      <ByHand />
    </Panel>
  )
}

/** Machines that nothing backs up by itself, with the way to change that. */
function ByHand(): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const alone = [...useProtection()].filter(([, { reasons }]) => reasons.includes('no-policy')).map(([id]) => id)
  if (alone.length === 0) return undefined
  return (
    <div className="by-hand">
      <Text span fz="sm" flex={1}>
        {t('overview.byHand', { count: alone.length })}
      </Text>
      <Button size="compact-xs" variant="default" onClick={() => opened.open({ kind: 'protect', machineIds: alone })}>
        {t('overview.fix.protect')}
      </Button>
    </div>
  )
}

function Count({ state, count }: { readonly state: ProtectionState; readonly count: number }): ReactNode {
  const { t } = useTranslation()
  const { machinesFilter } = useConsole()
  const show = (): void => {
    machinesFilter.only({ protection: state })
    goTo({ kind: 'machines' })
  }
  return (
    <UnstyledButton className="count-button" title={t('overview.showThese')} onClick={show}>
      <span className="count-number">{count}</span>
      <ProtectionMark state={state} />
    </UnstyledButton>
  )
}
