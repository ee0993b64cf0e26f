import { Text } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { isEnded, type Run } from '../../shared/job.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { RunControls } from './run-controls.tsx'
import { RunIcon, RunMark } from './run-mark.tsx'
import { RunMeters, RunProgress } from './run-meters.tsx'

type Props = {
  readonly run: Run
  readonly name: string
  readonly chosen: boolean
  readonly link?: Ref<HTMLAnchorElement>
}

/** One run in a list: what, of what, how far, how it ended. The whole card leads to its details. */
export function RunCard({ run, name, chosen, link }: Props): ReactNode {
  const { t } = useTranslation()
  const kind = t(`fact.runKind.${run.kind}`)
  return (
    <article className="run-card" aria-label={visible(`${kind} ${name}`)} data-chosen={chosen}>
      <div className="run-line">
        <RunIcon kind={run.kind} />
        <a
          ref={link}
          className="run-link"
          href={toFragment({ kind: 'activity', runId: run.id })}
          {...(chosen ? { 'aria-current': 'true' } : {})}
        >
          <span className="run-kind">{kind}</span> <Name text={name} />
        </a>
        {run.snapshot === undefined ? undefined : (
          <Text span inherit c="dimmed" className="run-snapshot">
            <Name text={run.snapshot} />
          </Text>
        )}
        <span className="run-space" />
        <Text span inherit c="dimmed" className="run-when">
          <Moment at={run.endedAt ?? run.queuedAt} short />
        </Text>
        <span className="run-state">
          <RunMark run={run} />
        </span>
      </div>
      {isEnded(run.state) ? <Ended run={run} /> : <Live run={run} name={name} />}
    </article>
  )
}

function Live({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  const isGone = useStore(useConsole().pulse).life !== 'up'
  return (
    <div className="run-rest">
      {run.state === 'queued' ? undefined : <RunProgress run={run} name={name} />}
      {isGone ? (
        <Text fz="sm" className="tone-warn">
          {t('activity.engineGone')}
        </Text>
      ) : (
        <div className="run-line">
          <RunMeters run={run} />
          <span className="run-space" />
          <RunControls run={run} name={name} />
        </div>
      )}
    </div>
  )
}

function Ended({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  return (
    <div className="run-rest">
      {run.state !== 'failed' || run.failure === undefined ? undefined : (
        <Text fz="sm" className="tone-bad">
          {t(`failure.${run.failure.code}.cause`)}
        </Text>
      )}
      <RunMeters run={run} />
    </div>
  )
}
