import { Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { DiskChoice } from './backup-disk-choice.tsx'
import type { StepProps } from './backup-draft.ts'
import { GuestChoice } from './backup-guest-choice.tsx'

const shownAtOnce = 60

/** How the guest is treated, and which disks are left out. */
export function WhatStep({ draft, onChange }: StepProps): ReactNode {
  return (
    <>
      <GuestChoice freeze={draft.freeze} onChange={(freeze) => onChange({ freeze })} />
      <DisksField draft={draft} onChange={onChange} />
    </>
  )
}

function DisksField({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const choosable = useChoosable(draft.machineIds)
  const shown = choosable.filter(({ name }) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()))
  const more = shown.length - shownAtOnce
  const exclude = (machineId: string, disks: readonly string[]): void => {
    const others = draft.excluded.filter((each) => each.machineId !== machineId)
    onChange({ excluded: [...others, ...disks.map((disk) => ({ machineId, disk }))] })
  }
  return (
    <section aria-label={t('backup.disks')} className="stack-s">
      <div className="field-title">{t('backup.disks')}</div>
      <Text fz="sm" c="dimmed">
        {choosable.length === 0 ? t('backup.allSingle') : `${t('backup.diskText')} ${t('backup.singleDisks')}`}
      </Text>
      {choosable.length <= 8 ? undefined : (
        <TextInput
          w={300}
          size="xs"
          aria-label={t('backup.search')}
          placeholder={t('backup.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      {shown.slice(0, shownAtOnce).map((machine) => (
        <div key={machine.id} className="disk-machine">
          <Name text={machine.name} />
          <DiskChoice
            machine={machine}
            excluded={draft.excluded.filter(({ machineId }) => machineId === machine.id).map(({ disk }) => disk)}
            onChange={(disks) => exclude(machine.id, disks)}
          />
        </div>
      ))}
      {more > 0 ? (
        <Text fz="sm" c="dimmed">
          {t('backup.narrow', { count: more })}
        </Text>
      ) : undefined}
    </section>
  )
}

/** The chosen machines of which something can be left out, or of which a disk cannot be read. */
function useChoosable(machineIds: readonly string[]): readonly Machine[] {
  const machines = useList('machines').items
  return useMemo(() => {
    const chosen = new Set(machineIds)
    return machines.filter(
      ({ id, disks }) => chosen.has(id) && (disks.length > 1 || disks.some(({ problem }) => problem !== undefined)),
    )
  }, [machines, machineIds])
}
