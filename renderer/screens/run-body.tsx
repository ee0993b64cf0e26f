import { Alert, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { isEnded, type Run } from '../../shared/job.ts'
import { useConsole, useSettings } from '../parts/console-context.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunMeters, RunProgress } from './run-meters.tsx'
import { useRunNames } from './run-name.ts'
import { RunOutcome } from './run-outcome.tsx'
import './activity.css'

/** Everything there is to know of one run: how far, how fast, what came of it, and why. */
export function RunBody({ run }: { readonly run: Run }): ReactNode {
  const name = useRunNames()(run)
  return (
    <div className="run-body">
      {isEnded(run.state) ? undefined : <RunProgress run={run} name={name} />}
      <RunMeters run={run} />
      {isEnded(run.state) ? undefined : <Standing run={run} />}
      <RunOutcome run={run} />
      <RunFacts run={run} />
    </div>
  )
}

/** What a run that lasts needs the reader to know: whether its engine lives, and whether the window may be closed. */
function Standing({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const isGone = useStore(useConsole().pulse).life !== 'up'
  const mayClose = useMayClose()
  if (isGone) {
    return (
      <Alert variant="light" color="yellow" p="sm" role="status">
        {t('activity.engineGone')}
      </Alert>
    )
  }
  return (
    <Text fz="sm" c="dimmed">
      {run.paused === true ? `${t('activity.pausedText')} ` : undefined}
      {mayClose ? t('activity.safeToClose') : t('activity.closeEnds')}
    </Text>
  )
}

/** The engine outlives the window, unless the window is the last of a desktop console that does not stay in the tray. */
function useMayClose(): boolean {
  const { calls } = useConsole()
  const { keepInTray } = useSettings()
  const [carrier, setCarrier] = useState<'electron' | 'node'>()
  useEffect(() => {
    void calls.about(null).then(
      (about) => setCarrier(about.carrier),
      () => undefined,
    )
  }, [calls])
  return carrier !== 'electron' || keepInTray
}
