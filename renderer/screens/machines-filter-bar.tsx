import { CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { protectionStates } from '../../shared/protection.ts'
import { useConsole, useList, useMachinesFilter } from '../parts/console-context.tsx'
import type { MachinesFilter } from '../stores/filter.ts'
import { visible } from '../text/visible.ts'

/** What narrows the table; other screens may have set it before leading here. */
export function MachinesFilterBar(): ReactNode {
  const { t } = useTranslation()
  const { machinesFilter } = useConsole()
  const filter = useMachinesFilter()
  const hosts = useList('hosts').items
  return (
    <search className="machines-filter">
      <NativeSelect
        size="xs"
        aria-label={t('machines.protectionFilter')}
        value={filter.protection ?? ''}
        onChange={(event) => machinesFilter.setState(withProtection(filter, event.currentTarget.value), true)}
        data={[
          { value: '', label: t('machines.anyProtection') },
          ...protectionStates.map((state) => ({ value: state, label: t(`fact.protection.${state}`) })),
        ]}
      />
      <NativeSelect
        size="xs"
        aria-label={t('machines.hostFilter')}
        value={filter.hostId ?? ''}
        onChange={(event) => machinesFilter.setState(withHost(filter, event.currentTarget.value), true)}
        data={[
          { value: '', label: t('machines.anyHost') },
          ...hosts.map(({ id, name }) => ({ value: id, label: visible(name) })),
        ]}
      />
      <FilterText />
    </search>
  )
}

function FilterText(): ReactNode {
  const { t } = useTranslation()
  const { machinesFilter } = useConsole()
  const { text } = useMachinesFilter()
  return (
    <TextInput
      w={240}
      size="xs"
      aria-label={t('machines.filter')}
      placeholder={t('machines.filter')}
      value={text}
      onChange={(event) => machinesFilter.setState({ text: event.currentTarget.value })}
      leftSection={<IconSearch size={15} aria-hidden="true" />}
      rightSection={
        text === '' ? undefined : (
          <CloseButton
            size="sm"
            aria-label={t('machines.clearFilter')}
            onClick={() => machinesFilter.setState({ text: '' })}
          />
        )
      }
    />
  )
}

function withProtection({ text, hostId }: MachinesFilter, chosen: string): MachinesFilter {
  const protection = protectionStates.find((state) => state === chosen)
  return { text, ...(hostId === undefined ? {} : { hostId }), ...(protection === undefined ? {} : { protection }) }
}

function withHost({ text, protection }: MachinesFilter, hostId: string): MachinesFilter {
  return { text, ...(protection === undefined ? {} : { protection }), ...(hostId === '' ? {} : { hostId }) }
}
