import { SegmentedControl, Select, Switch, Text } from '@mantine/core'
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Keepable } from '../../shared/retention.ts'
import { useList, usePointsOf } from '../parts/console-context.tsx'
import { useNow } from '../parts/moment.tsx'
import { visible } from '../text/visible.ts'
import type { StepProps } from './backup-draft.ts'
import { RetentionCounts } from './retention-counts.tsx'
import { keepable, type Verdict, verdicts, withComing } from './retention-forecast.ts'
import { RetentionPreview } from './retention-preview.tsx'
import { rulesOf } from './schedule-draft.ts'

const dayMs = 86_400_000
const minuteMs = 60_000
const horizons = { now: 0, month: 30, year: 365 } as const
type Horizon = keyof typeof horizons

/** How long: the counts, and what they would do to one machine's points, today and in time to come. */
export function KeepStep({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      <RetentionCounts retention={draft.retention} onChange={(retention) => onChange({ retention })} />
      <Switch
        label={t('retention.enact')}
        description={t('retention.enactText')}
        checked={draft.enact}
        onChange={(event) => onChange({ enact: event.currentTarget.checked })}
      />
      <Preview draft={draft} />
    </>
  )
}

function Preview({ draft }: Pick<StepProps, 'draft'>): ReactNode {
  const { t } = useTranslation()
  const machines = useChosen(draft.machineIds)
  const [chosen, setChosen] = useState<string | null>(null)
  const machineId = chosen ?? machines[0]?.value
  const points = useKeepable(machineId, draft.repositoryId)
  const [wanted, setWanted] = useState<Horizon>()
  const horizon = wanted ?? (points.length === 0 ? 'year' : 'now')
  const found = useVerdicts(points, draft, horizon)
  return (
    <section aria-label={t('retention.preview')} className="stack-s">
      <div className="preview-tools">
        <Select
          w={260}
          size="xs"
          searchable
          label={t('retention.machine')}
          allowDeselect={false}
          data={machines}
          value={machineId ?? null}
          onChange={setChosen}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('retention.when')}
          value={horizon}
          onChange={setWanted}
          data={(['now', 'month', 'year'] as const).map((value) => ({ value, label: t(`retention.${value}`) }))}
        />
      </div>
      {found.length > 0 ? (
        <RetentionPreview verdicts={found} coming={horizon !== 'now'} />
      ) : (
        <Text fz="sm" c="dimmed">
          {horizon === 'now' ? t('retention.noRealPoints') : t('retention.noFuturePoints')}
        </Text>
      )}
    </section>
  )
}

/** The machines with points first: with them there is something to see. */
function useChosen(machineIds: readonly string[]): { value: string; label: string }[] {
  const machines = useList('machines').items
  const pointsOf = usePointsOf()
  return useMemo(() => {
    const names = new Map(machines.map(({ id, name }) => [id, name]))
    const nameOf = (id: string): string => names.get(id) ?? pointsOf.get(id)?.[0]?.machineName ?? id
    return machineIds
      .map((id) => ({ value: id, label: visible(nameOf(id)) }))
      .sort((a, b) => Number(pointsOf.has(b.value)) - Number(pointsOf.has(a.value)))
  }, [machineIds, machines, pointsOf])
}

function useKeepable(machineId: string | undefined, repositoryId: string | undefined): readonly Keepable[] {
  const pointsOf = usePointsOf()
  const pins = useList('pins').items
  return useMemo(() => {
    const own = pointsOf.get(machineId ?? '') ?? []
    return keepable(own, repositoryId, new Set(pins))
  }, [pointsOf, machineId, repositoryId, pins])
}

function useVerdicts(points: readonly Keepable[], draft: StepProps['draft'], horizon: Horizon): readonly Verdict[] {
  const now = Math.floor(useNow() / minuteMs) * minuteMs
  const { retention, rules } = useDeferredValue(draft)
  return useMemo(() => {
    const days = horizons[horizon]
    const all = days === 0 ? points : withComing(points, rulesOf(rules), now, now + days * dayMs)
    return verdicts(all, retention)
  }, [points, retention, rules, horizon, now])
}
