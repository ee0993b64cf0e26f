import { Table, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { useList } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Empty } from '../parts/panel.tsx'
import { RunState } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { durationText, sizeText } from '../text/amounts.ts'
import { runsByPolicy } from './policy-starts.ts'
import { useRunNames } from './run-name.ts'

const shownRuns = 30

/** What a policy has started, newest first, as far as Activity reaches back. */
export function PolicyRuns({ policyId }: { readonly policyId: string }): ReactNode {
  const { t } = useTranslation()
  const all = useList('runs').items
  const runs = useMemo(() => runsByPolicy(all).get(policyId) ?? [], [all, policyId])
  const nameOf = useRunNames()
  const more = runs.length - shownRuns
  if (runs.length === 0) return <Empty text={t('policies.noRuns')} />
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('policies.machine')}</Table.Th>
            <Table.Th>{t('policies.state')}</Table.Th>
            <Table.Th>{t('policies.started')}</Table.Th>
            <Table.Th className="number">{t('policies.took')}</Table.Th>
            <Table.Th className="wide">{t('policies.outcome')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.slice(0, shownRuns).map((run) => (
            <RunRow key={run.id} run={run} name={nameOf(run)} />
          ))}
        </Table.Tbody>
      </Table>
      {more > 0 ? (
        <Text fz="xs" c="dimmed" p={8}>
          {t('policies.moreRuns', { count: more })}
        </Text>
      ) : undefined}
    </>
  )
}

function RunRow({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  const { startedAt, queuedAt, endedAt } = run
  return (
    <Table.Tr className="row">
      <Table.Td maw={240}>
        <a className="link" href={toFragment({ kind: 'activity', runId: run.id })}>
          <Name text={run.kind === 'backup' ? name : `${t(`fact.runKind.${run.kind}`)} · ${name}`} />
        </a>
      </Table.Td>
      <Table.Td>
        <RunState run={run} />
      </Table.Td>
      <Table.Td>
        <Moment at={queuedAt} />
      </Table.Td>
      <Table.Td className="number">
        {endedAt === undefined ? t('common.none') : durationText((endedAt - (startedAt ?? queuedAt)) / 1000)}
      </Table.Td>
      <Table.Td className="wide">
        <Outcome run={run} />
      </Table.Td>
    </Table.Tr>
  )
}

function Outcome({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  if (run.failure !== undefined) return <Name text={t(`failure.${run.failure.code}.cause`)} />
  if (run.state !== 'done') return undefined
  if (run.kind === 'copy' || run.kind === 'retention') return `${t(`activity.counted.${run.kind}`)}: ${run.count ?? 0}`
  if (run.kind !== 'backup') return undefined
  const read = sizeText(run.progress.bytesRead, i18n.language)
  return t('policies.storedOutcome', { read, stored: sizeText(run.progress.bytesStored, i18n.language) })
}
