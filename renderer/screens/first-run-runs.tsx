import { Anchor, Progress, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { RunState } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { percentOf } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

/** Backups under way, and each machine's newest failed one with its cause: there is no point yet to show instead. */
export function FirstRuns(): ReactNode {
  const { t } = useTranslation()
  const shown = newestBackups(useList('runs').items).filter((run) => !isEnded(run.state) || run.state === 'failed')
  if (shown.length === 0) return undefined
  return (
    <section aria-label={t('start.underWay')}>
      <ul className="plain-rows">
        {shown.map((run) => (
          <FirstRunRow key={run.id} run={run} />
        ))}
      </ul>
    </section>
  )
}

/** One for each machine. `runs` are newest first. */
function newestBackups(runs: readonly Run[]): readonly Run[] {
  const newest = new Map<string | undefined, Run>()
  for (const run of runs) {
    if (run.kind === 'backup' && !newest.has(run.machineId)) newest.set(run.machineId, run)
  }
  return [...newest.values()]
}

function FirstRunRow({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const name = run.machineName ?? ''
  const { bytesRead, bytesTotal } = run.progress
  return (
    <li className="wrapping">
      <RunState run={run} />
      <Text span fz="sm" fw={600} miw={0} style={{ flex: 1 }}>
        <Name text={name} />
      </Text>
      {isEnded(run.state) ? undefined : (
        <Progress.Root w={180} size={6}>
          <Progress.Section
            value={percentOf(bytesRead, bytesTotal)}
            aria-label={t('activity.progress', { name: visible(name) })}
          />
        </Progress.Root>
      )}
      <Anchor fz="sm" href={toFragment({ kind: 'activity', runId: run.id })}>
        {t('start.showRun')}
      </Anchor>
      {run.failure === undefined ? undefined : <FailureNote failure={run.failure} context={`${run.kind} ${run.id}`} />}
    </li>
  )
}
