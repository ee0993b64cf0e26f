import { Menu } from '@mantine/core'
import { IconArrowRight, IconDatabaseExport, IconPlus, IconShieldPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import type { Coverage } from '../stores/coverage.ts'

type Add = (policy: Policy, machineIds: readonly string[]) => void

/** Inside the page's main part, where whoever listens looks for it; the first entry has the focus. */
export const menuInMain = { portalProps: { target: '#content' }, withInitialFocusPlaceholder: false } as const

/** The entries for one machine; those for what only a host can do are missing where no host knows it. */
export function MachineItems(props: { readonly machine: Coverage; readonly onAdd: Add }): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const { machineId } = props.machine
  const ids = [machineId]
  return (
    <>
      <Menu.Item leftSection={<IconArrowRight size={15} />} onClick={() => goTo({ kind: 'machine', machineId })}>
        {t('machines.open')}
      </Menu.Item>
      {props.machine.machine === undefined ? undefined : (
        <>
          <Menu.Item
            leftSection={<IconDatabaseExport size={15} />}
            onClick={() => opened.open({ kind: 'back-up', machineIds: ids })}
          >
            {t('machines.backUp')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconShieldPlus size={15} />}
            onClick={() => opened.open({ kind: 'protect', machineIds: ids })}
          >
            {t('machines.protect')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('machines.addToPolicy')}</Menu.Label>
          <PolicyItems ids={ids} onAdd={props.onAdd} />
        </>
      )}
    </>
  )
}

/** Every policy to put machines under, and the way to a new one. */
export function PolicyItems({ ids, onAdd }: { readonly ids: readonly string[]; readonly onAdd: Add }): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const policies = useList('policies').items
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of a menu's entries */}
      <div className="policy-items" role="group" aria-label={t('machines.addToPolicy')}>
        {policies.map((policy) => (
          <Menu.Item key={policy.id} onClick={() => onAdd(policy, ids)}>
            <Name text={policy.name} />
          </Menu.Item>
        ))}
      </div>
      <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => opened.open({ kind: 'protect', machineIds: ids })}>
        {t('machines.newPolicy')}
      </Menu.Item>
    </>
  )
}
