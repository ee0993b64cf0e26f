import { Checkbox, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine, MachineDisk } from '../../shared/machine.ts'
import { Name } from '../parts/name.tsx'
import { sizeText } from '../text/amounts.ts'
import { told } from '../text/told.ts'
import { visible } from '../text/visible.ts'

type Props = {
  readonly machine: Machine
  /** Names of the disks that are left out. */
  readonly excluded: readonly string[]
  readonly onChange: (excluded: readonly string[]) => void
}

/** The disks of one machine, each with a tick while it is backed up, or with the reason why it cannot be read. */
export function DiskChoice({ machine, excluded, onChange }: Props): ReactNode {
  return (
    <ul className="disks">
      {machine.disks.map((disk) => {
        const isOut = excluded.includes(disk.name)
        const others = excluded.filter((name) => name !== disk.name)
        return (
          <li key={disk.name}>
            <DiskTick
              machine={machine.name}
              disk={disk}
              isOut={isOut}
              onChange={(isIn) => onChange(isIn ? others : [...others, disk.name])}
            />
          </li>
        )
      })}
    </ul>
  )
}

type TickProps = {
  readonly machine: string
  readonly disk: MachineDisk
  readonly isOut: boolean
  readonly onChange: (isIn: boolean) => void
}

function DiskTick({ machine, disk, isOut, onChange }: TickProps): ReactNode {
  const { t, i18n } = useTranslation()
  const size = disk.sizeBytes === undefined ? '' : ` · ${sizeText(disk.sizeBytes, i18n.language)}`
  return (
    <>
      <Checkbox
        size="xs"
        aria-label={t('backup.diskOf', { disk: visible(disk.name), machine: visible(machine) })}
        label={
          <>
            <Name text={disk.name} />{' '}
            <Text span inherit c="dimmed">
              {visible(disk.format)}
              {size}
              {isOut ? ` · ${t('backup.leftOut')}` : ''}
            </Text>
          </>
        }
        checked={!isOut}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {disk.problem === undefined ? undefined : (
        <Text fz="xs" className="tone-warn disk-problem">
          {t('backup.cannotRead', { problem: told(disk.problem, i18n.language) })}
        </Text>
      )}
    </>
  )
}
