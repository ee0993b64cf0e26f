import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { FailureNote } from '../parts/failure-note.tsx'
import { toFragment } from '../stores/navigation.ts'
import { sizeText } from '../text/amounts.ts'
import { RunMark } from './run-mark.tsx'
import { RunProgress } from './run-meters.tsx'
import { useRun } from './use-run.ts'
import './activity.css'

/** What becomes of the files that left the shelf: how far, then what was written, renamed and left out. */
export function ShelfRun({ runId }: { readonly runId: string }): ReactNode {
  const { t } = useTranslation()
  const { run } = useRun(runId)
  if (run === undefined) return undefined
  return (
    <div className="shelf-run" role="status">
      <RunMark run={run} />
      {isEnded(run.state) ? (
        <Outcome run={run} />
      ) : (
        <div className="shelf-progress">
          <RunProgress run={run} name={t('files.shelf')} />
        </div>
      )}
      <Anchor inherit href={toFragment({ kind: 'activity', runId })}>
        {t('files.showRun')}
      </Anchor>
      {run.failure === undefined || run.state === 'cancelled' ? undefined : <FailureNote failure={run.failure} />}
    </div>
  )
}

function Outcome({ run: { files } }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  if (files === undefined) return undefined
  const { renamed, skipped } = files
  const told = [
    t('files.runDone', { files: files.files, folders: files.folders, size: sizeText(files.bytes, i18n.language) }),
    ...(renamed.length === 0 ? [] : [t('files.runRenamed', { count: renamed.length })]),
    ...(skipped.length === 0 ? [] : [t('files.runSkipped', { count: skipped.length })]),
  ]
  return <span className={skipped.length === 0 ? '' : 'tone-warn'}>{told.join(' · ')}</span>
}
