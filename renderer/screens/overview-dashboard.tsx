import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ScreenHead } from '../parts/panel.tsx'
import { Attention } from './overview-attention.tsx'
import { RunCalendar } from './overview-calendar.tsx'
import { ProtectionCounts } from './overview-counts.tsx'
import { LossPanel, RecoveryPanel } from './overview-objectives.tsx'
import { RunsPanel } from './overview-runs.tsx'
import { SpacePanel } from './overview-space.tsx'
import './overview.css'

/** Is everything protected, and proven? What is not, why, and what to do about it. */
export function Dashboard(): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      <ScreenHead title={t('overview.title')} />
      <div className="overview">
        <ProtectionCounts />
        <LossPanel />
        <RecoveryPanel />
        <Attention />
        <RunsPanel />
        <RunCalendar />
        <SpacePanel />
      </div>
    </>
  )
}
