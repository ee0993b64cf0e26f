import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { ProtectionReason } from '../../shared/protection.ts'
import { useConsole } from '../parts/console-context.tsx'
import { toFragment } from '../stores/navigation.ts'

type Props = { readonly machineId: string; readonly reason: ProtectionReason }

/** What mends one reason for which a machine is not protected as wanted; nothing where there is no such step. */
export function ProtectionFix({ machineId, reason }: Props): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  switch (reason) {
    case 'never-backed-up':
    case 'too-old':
    case 'disk-left-out':
    case 'newest-damaged':
      return (
        <Fix word={t('machines.backUp')} onClick={() => opened.open({ kind: 'back-up', machineIds: [machineId] })} />
      )
    case 'no-policy':
      return (
        <Fix word={t('machine.protect')} onClick={() => opened.open({ kind: 'protect', machineIds: [machineId] })} />
      )
    case 'points-unreachable':
      return (
        <Button component="a" variant="default" size="compact-xs" href={toFragment({ kind: 'repositories' })}>
          {t('machine.toRepositories')}
        </Button>
      )
    case 'last-failed':
      return <FailedRun machineId={machineId} />
    case 'nothing-can-be-read':
    case 'fresh':
      return undefined
  }
}

function Fix({ word, onClick }: { readonly word: string; readonly onClick: () => void }): ReactNode {
  return (
    <Button variant="default" size="compact-xs" onClick={onClick}>
      {word}
    </Button>
  )
}

function FailedRun({ machineId }: { readonly machineId: string }): ReactNode {
  const { t } = useTranslation()
  const run = useStore(useConsole().backups).get(machineId)
  if (run === undefined) return undefined
  return (
    <Button component="a" variant="default" size="compact-xs" href={toFragment({ kind: 'activity', runId: run.id })}>
      {t('machine.showRun')}
    </Button>
  )
}
