import {
  IconArchive,
  IconCameraMinus,
  IconCameraPlus,
  IconCameraRotate,
  IconCopy,
  IconFiles,
  IconFilter,
  IconHistory,
  IconListSearch,
  IconLock,
  IconShieldCheck,
  IconSparkles,
  IconTool,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { isEnded, type Run } from '../../shared/job.ts'
import { useConsole } from '../parts/console-context.tsx'
import { RunState, StateMark } from '../parts/state.tsx'

const icons = {
  backup: IconArchive,
  restore: IconHistory,
  verify: IconShieldCheck,
  copy: IconCopy,
  mend: IconTool,
  retention: IconFilter,
  sweep: IconSparkles,
  lock: IconLock,
  files: IconFiles,
  index: IconListSearch,
  'snapshot-create': IconCameraPlus,
  'snapshot-revert': IconCameraRotate,
  'snapshot-delete': IconCameraMinus,
} as const

export function RunIcon({ kind }: { readonly kind: Run['kind'] }): ReactNode {
  const Icon = icons[kind]
  return <Icon size={17} stroke={1.7} className="run-icon" aria-hidden="true" />
}

/** A paused run keeps its state; what the reader needs to know is that it waits for somebody. Without an engine none runs. */
export function RunMark({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const isGone = useStore(useConsole().pulse).life !== 'up'
  if (isGone && !isEnded(run.state)) return <StateMark tone="warn" word={t('activity.cutOff')} />
  if (run.paused === true && !isEnded(run.state)) return <StateMark tone="warn" word={t('activity.paused')} />
  return <RunState run={run} />
}
