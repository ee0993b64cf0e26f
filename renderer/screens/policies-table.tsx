import { Anchor, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { type DragEvent, type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import type { Policy } from '../../shared/policy.ts'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { Told } from '../parts/told.tsx'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { machinesDragType } from './machines-policy-targets.tsx'
import { LastStart } from './policy-last-start.tsx'
import { runsByPolicy } from './policy-starts.ts'
import { Coming } from './schedule-coming.tsx'
import { ScheduleSentences } from './schedule-sentences.tsx'

type Props = {
  readonly policies: readonly Policy[]
  readonly onRun: (policy: Policy) => void
  /** Machines were dropped on the policy's row. */
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
}

const columns = ['name', 'machines', 'when', 'next', 'last', 'repository'] as const

export function PoliciesTable({ policies, onRun, onAdd }: Props): ReactNode {
  const { t } = useTranslation()
  const runs = useList('runs').items
  const runsOf = useMemo(() => runsByPolicy(runs), [runs])
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column} className={column === 'machines' ? 'number' : ''}>
              {t(`policies.${column}`)}
            </Table.Th>
          ))}
          <Table.Th>
            <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {policies.map((policy) => (
          <PolicyRow key={policy.id} policy={policy} runs={runsOf.get(policy.id) ?? []} onRun={onRun} onAdd={onAdd} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

type RowProps = Pick<Props, 'onRun' | 'onAdd'> & { readonly policy: Policy; readonly runs: readonly Run[] }

function PolicyRow({ policy, runs, onRun, onAdd }: RowProps): ReactNode {
  const { t } = useTranslation()
  const target = useMachineDrop((ids) => onAdd(policy, ids))
  return (
    <Table.Tr className="row policy" {...target}>
      <Table.Td className="policy-name">
        <a className="link" href={toFragment({ kind: 'policy', policyId: policy.id })}>
          <Name text={policy.name} />
        </a>
        <PolicyProblem policy={policy} />
      </Table.Td>
      <Table.Td className="number">{policy.machineIds.length}</Table.Td>
      <Table.Td className="policy-when">
        <ScheduleSentences rules={policy.rules} />
      </Table.Td>
      <Table.Td>
        <NextStart policy={policy} />
      </Table.Td>
      <Table.Td>
        <LastStart policy={policy} runs={runs} />
      </Table.Td>
      <Table.Td className="policy-repository">
        <PolicyRepository repositoryId={policy.repositoryId} />
      </Table.Td>
      <Table.Td className="number">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('policies.runNamed', { name: visible(policy.name) })}
          onClick={() => onRun(policy)}
        >
          {t('policies.run')}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

function NextStart({ policy }: { readonly policy: Policy }): ReactNode {
  const { t } = useTranslation()
  if (!policy.enabled) return <span className="dimmed">{t('policies.off')}</span>
  if (policy.nextAt === undefined) return <span className="dimmed">{t('policies.byHand')}</span>
  return <Coming at={policy.nextAt} stacked />
}

/** Why a due start began nothing. */
export function PolicyProblem({ policy }: { readonly policy: Policy }): ReactNode {
  if (policy.problem === undefined) return undefined
  return (
    <Text fz="xs" className="tone-warn policy-problem">
      <Told text={policy.problem} />
    </Text>
  )
}

/** Where its points go; what stands in the way is said with the way out. */
export function PolicyRepository({ repositoryId }: { readonly repositoryId: string }): ReactNode {
  const { t } = useTranslation()
  const { items, loaded } = useList('repositories')
  const repository = items.find(({ id }) => id === repositoryId)
  if (repository === undefined) return loaded ? <span className="tone-warn">{t('policies.lostRepository')}</span> : ''
  return (
    <>
      <Name text={addressText(repository.address)} />
      {repository.state === 'open' ? undefined : (
        <Text fz="xs" className="tone-warn">
          {t(`fact.repositoryState.${repository.state}`)} ·{' '}
          <Anchor inherit href={toFragment({ kind: 'repositories' })}>
            {t('policies.toRepositories')}
          </Anchor>
        </Text>
      )}
    </>
  )
}

type DropTarget = {
  readonly 'data-over': boolean | undefined
  readonly onDragOver: (event: DragEvent) => void
  readonly onDragLeave: () => void
  readonly onDrop: (event: DragEvent) => void
}

/** Takes machines that are dropped; what else is dragged is left alone. */
function useMachineDrop(onDrop: (machineIds: readonly string[]) => void): DropTarget {
  const [over, setOver] = useState(false)
  return {
    'data-over': over || undefined,
    onDragOver(event) {
      if (!event.dataTransfer.types.includes(machinesDragType)) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop(event) {
      setOver(false)
      const ids = readIds(event.dataTransfer.getData(machinesDragType))
      if (ids.length === 0) return
      event.preventDefault()
      onDrop(ids)
    },
  }
}

/** Another page may have dropped anything under our type. */
function readIds(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}
