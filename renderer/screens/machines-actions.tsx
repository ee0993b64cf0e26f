import { Button, Menu, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { menuInMain, PolicyItems } from './machines-menu.tsx'
import type { MachineRow } from './machines-rows.ts'

type Props = {
  /** Machines that are chosen and that a host knows. */
  readonly ids: readonly string[]
  /** The row that the keyboard is at. */
  readonly active: MachineRow | undefined
  readonly said: string
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
  readonly onClear: () => void
}

/** What can be done with all chosen machines at once; without a choice, how to make one. */
export function MachinesActions({ ids, active, said, onAdd, onClear }: Props): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  return (
    <div className="machines-foot">
      {ids.length === 0 ? (
        <Told active={active} />
      ) : (
        <>
          <Text span inherit fw={600}>
            {t('machines.selected', { count: ids.length })}
          </Text>
          <Button onClick={() => opened.open({ kind: 'protect', machineIds: ids })}>{t('machines.protect')}</Button>
          <Button variant="default" onClick={() => opened.open({ kind: 'back-up', machineIds: ids })}>
            {t('machines.backUp')}
          </Button>
          <Menu position="top-start" shadow="md" width={260} {...menuInMain}>
            <Menu.Target>
              <Button variant="default">{t('machines.addToPolicy')}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <PolicyItems ids={ids} onAdd={onAdd} />
            </Menu.Dropdown>
          </Menu>
          <Button variant="subtle" color="gray" onClick={onClear}>
            {t('machines.clearSelection')}
          </Button>
        </>
      )}
      <span role="status" className="machines-said">
        {said}
      </span>
    </div>
  )
}

/** Every reason for the protection of the row that one is at: in its row there is room for one. */
function Told({ active }: { readonly active: MachineRow | undefined }): ReactNode {
  const { t } = useTranslation()
  if (active?.protection === undefined) {
    return (
      <Text span inherit c="dimmed" className="machines-hint">
        {t('machines.keys')}
      </Text>
    )
  }
  return (
    <span className="machines-told">
      <Text span inherit fw={600}>
        <Name text={active.coverage.name} />
      </Text>
      {active.protection.reasons.map((reason) => t(`fact.protectionReason.${reason}`)).join(' ')}
    </span>
  )
}
