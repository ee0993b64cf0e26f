import { Button } from '@mantine/core'
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole, useCoverage, useList, useMachinesFilter, useProtection } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Empty, ScreenHead } from '../parts/panel.tsx'
import { type Choice, nothingChosen } from '../parts/row-choice.ts'
import { toFragment } from '../stores/navigation.ts'
import { MachinesActions } from './machines-actions.tsx'
import { MachinesFilterBar } from './machines-filter-bar.tsx'
import { PolicyTargets } from './machines-policy-targets.tsx'
import { fits, inOrder, type MachineRow, machineRows, type Order } from './machines-rows.ts'
import { MachinesTable } from './machines-table.tsx'
import { usePolicyAdding } from './use-policy-adding.ts'
import './machines.css'

/** Every machine of every host with what protects it, and of machines that are gone, what is left of them. */
export function MachinesScreen(): ReactNode {
  const { t } = useTranslation()
  const rows = useRows()
  const { machinesFilter } = useConsole()
  const filter = useDeferredValue(useMachinesFilter())
  const [order, setOrder] = useState<Order>({ column: 'name', down: false })
  const [choice, setChoice] = useState(nothingChosen)
  const [dragged, setDragged] = useState<readonly string[]>([])
  const adding = usePolicyAdding()
  const shown = useMemo(
    () =>
      inOrder(
        rows.filter((row) => fits(row, filter)),
        order,
      ),
    [rows, filter, order],
  )
  const chosenIds = useMemo(() => idsOf(rows, choice), [rows, choice])
  return (
    <div className="machines">
      <ScreenHead
        title={t('machines.title')}
        {...(rows.length === 0 ? {} : { note: t('machines.count', { shown: shown.length, all: rows.length }) })}
      >
        {rows.length === 0 ? undefined : <MachinesFilterBar />}
      </ScreenHead>
      <Failures {...(adding.failure === undefined ? {} : { adding: adding.failure })} />
      {rows.length === 0 ? <NoMachines /> : undefined}
      {rows.length > 0 ? (
        <section className="panel machines-panel" aria-label={t('machines.title')}>
          {shown.length === 0 ? (
            <Empty text={t('machines.nothingFits')}>
              <Button variant="default" onClick={() => machinesFilter.only({})}>
                {t('machines.clearFilter')}
              </Button>
            </Empty>
          ) : (
            <MachinesTable
              rows={shown}
              order={order}
              onOrder={setOrder}
              choice={choice}
              onChoice={setChoice}
              chosenIds={chosenIds}
              onDrag={setDragged}
              onAdd={adding.add}
            />
          )}
          <MachinesActions
            ids={chosenIds}
            active={shown.find(({ key }) => key === choice.active)}
            said={adding.said}
            onAdd={adding.add}
            onClear={() => setChoice({ ...choice, chosen: new Set() })}
          />
          {dragged.length > 0 ? <PolicyTargets ids={dragged} onAdd={adding.add} /> : undefined}
        </section>
      ) : undefined}
    </div>
  )
}

function useRows(): readonly MachineRow[] {
  const coverage = useCoverage()
  const protection = useProtection()
  const policies = useList('policies').items
  const repositories = useList('repositories').items
  return useMemo(
    () => machineRows({ coverage, protection, policies, repositories }),
    [coverage, protection, policies, repositories],
  )
}

/** The chosen machines that a host knows: only those can be backed up. */
function idsOf(rows: readonly MachineRow[], { chosen }: Choice): readonly string[] {
  if (chosen.size === 0) return []
  const ids = rows.filter(({ key, coverage }) => chosen.has(key) && coverage.machine !== undefined)
  return [...new Set(ids.map(({ coverage }) => coverage.machineId))]
}

function Failures({ adding }: { readonly adding?: Parameters<typeof FailureNote>[0]['failure'] }): ReactNode {
  const machines = useList('machines')
  const hosts = useList('hosts')
  const failure = machines.failure ?? hosts.failure ?? adding
  return failure === undefined ? undefined : <FailureNote failure={failure} />
}

function NoMachines(): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines')
  const hosts = useList('hosts')
  if (!machines.loaded || !hosts.loaded) return <Loading />
  return (
    <section className="panel" aria-label={t('machines.title')}>
      <Empty text={hosts.items.length === 0 ? t('machines.noHost') : t('machines.empty')}>
        <Button component="a" variant="default" href={toFragment({ kind: 'hosts' })}>
          {t('machines.toHosts')}
        </Button>
      </Empty>
    </section>
  )
}
