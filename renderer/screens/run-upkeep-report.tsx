import { List } from '@mantine/core'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run, SweepReport } from '../../shared/job.ts'
import { sizeText } from '../text/amounts.ts'
import { LockFacts } from './lock-facts.tsx'

/** What a run of upkeep came to: counts in words, a clean-up's report, the truth about locks. */
export function RunUpkeepReport({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  const { kind, count, sweep, lock } = run
  const isCounted = kind === 'copy' || kind === 'mend' || kind === 'retention' || kind === 'index'
  return (
    <>
      {isCounted && count !== undefined ? (
        <>
          <dt>{t(`activity.counted.${kind}`)}</dt>
          <dd>{new Intl.NumberFormat(i18n.language).format(count)}</dd>
        </>
      ) : undefined}
      {sweep === undefined ? undefined : (
        <>
          <dt>{t('activity.sweep')}</dt>
          <dd>
            <SweepSentences sentences={sentencesOf(sweep, t, i18n.language)} />
          </dd>
        </>
      )}
      {lock === undefined ? undefined : <LockFacts truth={lock} />}
    </>
  )
}

function SweepSentences({ sentences }: { readonly sentences: readonly string[] }): ReactNode {
  const { t } = useTranslation()
  if (sentences.length === 0) return t('activity.sweepNothing')
  return (
    <List size="sm">
      {sentences.map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  )
}

/** What did not happen is not told. */
function sentencesOf(sweep: SweepReport, t: TFunction, language: string): readonly string[] {
  const size = (bytes: number): string => sizeText(bytes, language)
  const told: readonly (readonly [count: number, sentence: string])[] = [
    [sweep.purged, t('activity.sweepPurged', { count: sweep.purged })],
    [sweep.removed, t('activity.sweepRemoved', { count: sweep.removed, size: size(sweep.removedBytes) })],
    [sweep.marked, t('activity.sweepMarked', { count: sweep.marked, size: size(sweep.markedBytes) })],
    [sweep.revived, t('activity.sweepRevived', { count: sweep.revived })],
    [sweep.locked, t('activity.sweepLocked', { count: sweep.locked })],
    [sweep.repacked, t('activity.sweepRepacked', { count: sweep.repacked, size: size(sweep.repackedBytes) })],
  ]
  return told.filter(([count]) => count > 0).map(([, sentence]) => sentence)
}
