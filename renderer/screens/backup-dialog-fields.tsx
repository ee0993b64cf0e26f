import { Anchor, Select, Switch, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Argument } from '../../shared/contract.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Method } from '../../shared/point.ts'
import { addressText } from '../../shared/repository.ts'
import { useList, usePointsOf } from '../parts/console-context.tsx'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { DiskChoice } from './backup-disk-choice.tsx'
import { MethodChoice } from './backup-method-choice.tsx'
import { isWritable, preferredRepository } from './backup-repository.ts'

type Typed = {
  readonly repositoryId: string | undefined
  readonly method: Method
  readonly freeze: boolean
  /** Names of disks that are left out; only asked where there is one machine. */
  readonly excluded: readonly string[]
}

type Fields = {
  readonly typed: Typed
  readonly change: (part: Partial<Typed>) => void
  /** The only machine, if it has disks to choose from. */
  readonly machine: Machine | undefined
  /** What to ask of the engine for each machine; absent while something is missing. */
  readonly choices: (Omit<Argument<'startBackup'>, 'machineId'> & { excludedDisks: string[] }) | undefined
}

/** What is chosen for a backup that starts now. */
export function useBackupFields(machineIds: readonly string[]): Fields {
  const repositories = useList('repositories').items
  const pointsOf = usePointsOf()
  const machines = useList('machines').items
  const [typed, setTyped] = useState<Typed>({
    repositoryId: undefined,
    method: 'incremental',
    freeze: true,
    excluded: [],
  })
  const repositoryId = typed.repositoryId ?? preferredRepository(machineIds, repositories, pointsOf)
  const only = machineIds.length === 1 ? machines.find(({ id }) => id === machineIds[0]) : undefined
  const { method, freeze, excluded } = typed
  const isEmpty = only !== undefined && only.disks.length > 0 && only.disks.every(({ name }) => excluded.includes(name))
  return {
    typed: { ...typed, repositoryId },
    change: (part) => setTyped({ ...typed, ...part }),
    machine: only !== undefined && hasChoice(only) ? only : undefined,
    choices:
      repositoryId === undefined || isEmpty
        ? undefined
        : { repositoryId, method, freeze, excludedDisks: [...excluded] },
  }
}

function hasChoice({ disks }: Machine): boolean {
  return disks.length > 1 || disks.some(({ problem }) => problem !== undefined)
}

type Props = { readonly fields: Fields; readonly onClose: () => void }

export function BackupFields({ fields, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { typed, change, machine, choices } = fields
  return (
    <>
      <RepositoryField
        value={typed.repositoryId}
        onChange={(repositoryId) => change({ repositoryId })}
        onLeave={onClose}
      />
      <MethodChoice method={typed.method} onChange={(method) => change({ method })} />
      {machine === undefined ? undefined : (
        <section aria-label={t('backup.disks')} className="stack-s">
          <div className="field-title">{t('backup.disks')}</div>
          <DiskChoice machine={machine} excluded={typed.excluded} onChange={(excluded) => change({ excluded })} />
          {choices === undefined && typed.repositoryId !== undefined ? (
            <Text role="alert" fz="xs" c="var(--mantine-color-error)">
              {t('backup.lastDisk')}
            </Text>
          ) : undefined}
        </section>
      )}
      <Switch
        size="xs"
        label={t('backup.quiesce')}
        description={typed.freeze ? t('backup.quiesceText') : t('backup.noQuiesceText')}
        checked={typed.freeze}
        onChange={(event) => change({ freeze: event.currentTarget.checked })}
      />
    </>
  )
}

type RepositoryProps = {
  readonly value: string | undefined
  readonly onChange: (repositoryId: string) => void
  readonly onLeave: () => void
}

function RepositoryField({ value, onChange, onLeave }: RepositoryProps): ReactNode {
  const { t } = useTranslation()
  const writable = useList('repositories').items.filter(isWritable)
  if (writable.length === 0) {
    return (
      <Text fz="sm">
        {t('backup.noRepository')}{' '}
        <Anchor inherit href={toFragment({ kind: 'repositories' })} onClick={onLeave}>
          {t('backup.toRepositories')}
        </Anchor>
      </Text>
    )
  }
  return (
    <Select
      data-autofocus
      label={t('backup.repository')}
      allowDeselect={false}
      value={value ?? null}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      data={writable.map(({ id, address }) => ({ value: id, label: visible(addressText(address)) }))}
    />
  )
}
