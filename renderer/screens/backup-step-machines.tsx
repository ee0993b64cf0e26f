import { Checkbox, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoverage } from '../parts/console-context.tsx'
import type { Coverage } from '../stores/coverage.ts'
import type { StepProps } from './backup-draft.ts'
import { MachinePicks } from './backup-machine-picks.tsx'

/** Which machines: a searched list with what stands in the way of each beside it. */
export function MachinesStep({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim().toLocaleLowerCase())
  const rows = useRows(draft.machineIds)
  const shown = useMemo(() => rows.filter((row) => fits(row, wanted)), [rows, wanted])
  const chosen = useMemo(() => new Set(draft.machineIds), [draft.machineIds])
  const chosenShown = shown.filter(({ machineId }) => chosen.has(machineId)).length
  const choose = (ids: readonly string[], isIn: boolean): void => {
    const gone = new Set(ids)
    const kept = draft.machineIds.filter((id) => !gone.has(id))
    onChange({ machineIds: isIn ? [...new Set([...draft.machineIds, ...ids])] : kept })
  }
  if (rows.length === 0) return <Text c="dimmed">{t('backup.noMachines')}</Text>
  return (
    <>
      <div className="pick-tools">
        <TextInput
          w={300}
          size="xs"
          aria-label={t('backup.search')}
          placeholder={t('backup.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
        />
        <Checkbox
          size="xs"
          label={t('backup.selectAll')}
          disabled={shown.length === 0}
          checked={shown.length > 0 && chosenShown === shown.length}
          indeterminate={chosenShown > 0 && chosenShown < shown.length}
          onChange={(event) =>
            choose(
              shown.map(({ machineId }) => machineId),
              event.currentTarget.checked,
            )
          }
        />
        <Text fz="sm" c="dimmed" role="status">
          {t('backup.selected', { selected: chosen.size, all: rows.length })}
        </Text>
      </div>
      {shown.length === 0 ? (
        <Text c="dimmed">{t('backup.nothingFits')}</Text>
      ) : (
        <MachinePicks rows={shown} chosen={chosen} onChoose={(id, isIn) => choose([id], isIn)} />
      )}
    </>
  )
}

/** Machines of the hosts, and those of the policy that are on none now, so that they can be taken out. */
function useRows(machineIds: readonly string[]): readonly Coverage[] {
  const coverage = useCoverage()
  const [first] = useState(() => new Set(machineIds))
  return useMemo(() => {
    const known = new Set(coverage.map(({ machineId }) => machineId))
    const lost = [...first].filter((id) => !known.has(id))
    const nameless = lost.map((machineId) => ({ machineId, name: machineId, points: [], sizeBytes: 0, problems: 0 }))
    return [...coverage.filter(({ machine, machineId }) => machine !== undefined || first.has(machineId)), ...nameless]
  }, [coverage, first])
}

function fits(row: Coverage, wanted: string): boolean {
  return [row.name, row.host?.name ?? ''].some((text) => text.toLocaleLowerCase().includes(wanted))
}
