import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupPlan } from '../../shared/plan.ts'
import { useConsole, useCoverage, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { FirstPlan } from './first-run-plan.tsx'
import { FirstRuns } from './first-run-runs.tsx'

/** More machines than these are filtered rather than scrolled through. */
const filterFrom = 9

/** The first points: now, or by a policy from tonight on. The test is the engine's own plan. */
export function ProtectStep({ ready }: { readonly ready: boolean }): ReactNode {
  const { t } = useTranslation()
  const { calls, opened, runs } = useConsole()
  const machines = useCoverage().filter(({ machine }) => machine !== undefined)
  const repositoryId = useList('repositories').items.find(({ state }) => state === 'open')?.id
  const [picked, setPicked] = useState<readonly string[]>()
  const [plan, setPlan] = useState<BackupPlan>()
  const testing = useTask()
  const starting = useTask()
  if (!ready) return <Text c="dimmed">{t('start.firstOnes')}</Text>
  if (machines.length === 0) return <Text c="dimmed">{t('start.noMachines')}</Text>
  const chosen = picked ?? machines.slice(0, 1).map(({ machineId }) => machineId)
  const choose = (ids: readonly string[]): void => {
    setPicked(ids)
    setPlan(undefined)
  }
  const test = (): void =>
    testing.start(async (signal) => {
      if (repositoryId === undefined) return
      setPlan(undefined)
      const wish = { machineIds: [...chosen], repositoryId, method: 'full' as const, excluded: [] }
      setPlan(await calls.planBackup(wish, signal))
    })
  const start = (): void =>
    starting.start(async (signal) => {
      if (repositoryId === undefined) return
      for (const machineId of chosen) await calls.startBackup({ machineId, repositoryId, method: 'full' }, signal)
      await runs.refresh()
    })
  const failure = starting.failure ?? testing.failure
  return (
    <Stack gap="md">
      <MachineChoice chosen={chosen} onChoose={choose} />
      {plan === undefined ? undefined : <FirstPlan plan={plan} />}
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      <Group gap="xs">
        <Button variant="default" disabled={chosen.length === 0} loading={testing.busy} onClick={test}>
          {t('start.estimate')}
        </Button>
        <Button disabled={chosen.length === 0} loading={starting.busy} onClick={start}>
          {t('start.backUp')}
        </Button>
        <Button
          variant="default"
          disabled={chosen.length === 0}
          onClick={() => opened.open({ kind: 'protect', machineIds: chosen })}
        >
          {t('start.policy')}
        </Button>
      </Group>
      <FirstRuns />
    </Stack>
  )
}

type ChoiceProps = { readonly chosen: readonly string[]; readonly onChoose: (ids: readonly string[]) => void }

function MachineChoice({ chosen, onChoose }: ChoiceProps): ReactNode {
  const { t } = useTranslation()
  const [filter, setFilter] = useState('')
  const machines = useCoverage().filter(({ machine }) => machine !== undefined)
  const wanted = filter.trim().toLocaleLowerCase()
  const shown = machines.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
  return (
    <div>
      {machines.length < filterFrom ? undefined : (
        <TextInput
          mb={8}
          size="xs"
          aria-label={t('start.filterMachines')}
          placeholder={t('start.filterMachines')}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <Checkbox.Group label={t('start.whichMachines')} value={[...chosen]} onChange={(ids) => onChoose(ids)}>
        <div className="machine-choice">
          {shown.map(({ machineId, name, host }) => (
            <Checkbox
              key={machineId}
              value={machineId}
              label={
                <>
                  <Name text={name} />{' '}
                  <Text span inherit c="dimmed">
                    {host === undefined ? undefined : visible(host.name)}
                  </Text>
                </>
              }
            />
          ))}
        </div>
      </Checkbox.Group>
    </div>
  )
}
