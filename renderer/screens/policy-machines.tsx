import { ActionIcon, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import type { Protection } from '../../shared/protection.ts'
import { useConsole, useList, usePointsOf, useProtection } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Empty } from '../parts/panel.tsx'
import { ProtectionMark } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { type MachineKeeping, policyKeeping } from './policy-keeping.ts'
import { RetentionPreview } from './retention-preview.tsx'
import { useAnswer } from './use-answer.ts'

const shownAtOnce = 100

/** The machines of a policy: how well each is protected, and what the retention says of its points in the policy's repository. */
export function PolicyMachines({ policy }: { readonly policy: Policy }): ReactNode {
  const { t } = useTranslation()
  const [shown, setShown] = useState(shownAtOnce)
  const { keeping, isGuess } = useKeeping(policy)
  const protection = useProtection()
  if (keeping.length === 0) return <Empty text={t('policies.noMachine')} />
  return (
    <>
      <Table>
        <Head />
        <Table.Tbody>
          {keeping.slice(0, shown).map((each) => (
            <MachineRows key={each.machineId} keeping={each} protection={protection.get(each.machineId)} />
          ))}
        </Table.Tbody>
        {keeping.length > 1 ? <Totals keeping={keeping} /> : undefined}
      </Table>
      {keeping.length > shown ? (
        <Button variant="subtle" m={8} onClick={() => setShown(keeping.length)}>
          {t('backup.moreMachines', { count: keeping.length - shown })}
        </Button>
      ) : undefined}
      <Text fz="xs" c="dimmed" px={14} py={8}>
        {t('retention.bytesGoingHint')} {isGuess ? t('policies.keepGuess') : undefined}
      </Text>
    </>
  )
}

type Keeping = {
  readonly keeping: readonly MachineKeeping[]
  /** The engine was asked and could not say what it would do. */
  readonly isGuess: boolean
}

/** As the engine plans it; until it has said so, and where it cannot, as the same rule says here. */
function useKeeping(policy: Policy): Keeping {
  const { calls } = useConsole()
  const machines = useList('machines').items
  const pointsOf = usePointsOf()
  const pins = useList('pins').items
  const about = JSON.stringify([policy.id, policy.retention, policy.machineIds.length, usePointCount(), pins.length])
  const { answer, failure } = useAnswer((signal) => calls.planRetention({ policyId: policy.id }, signal), about)
  const keeping = useMemo(
    () => policyKeeping(policy, machines, pointsOf, new Set(pins), answer),
    [policy, machines, pointsOf, pins, answer],
  )
  return { keeping, isGuess: failure !== undefined }
}

function usePointCount(): number {
  return useList('points').items.length
}

function Head(): ReactNode {
  const { t } = useTranslation()
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th w={36}>
          <VisuallyHidden>{t('common.details')}</VisuallyHidden>
        </Table.Th>
        <Table.Th className="wide">{t('policies.machine')}</Table.Th>
        <Table.Th>{t('policies.protection')}</Table.Th>
        <Table.Th>{t('policies.newest')}</Table.Th>
        <Table.Th className="number">{t('policies.points')}</Table.Th>
        <Table.Th className="number">{t('policies.stays')}</Table.Th>
        <Table.Th className="number">{t('policies.goes')}</Table.Th>
        <Table.Th className="number">{t('retention.bytesGoing')}</Table.Th>
      </Table.Tr>
    </Table.Thead>
  )
}

type RowsProps = { readonly keeping: MachineKeeping; readonly protection: Protection | undefined }

function MachineRows({ keeping, protection }: RowsProps): ReactNode {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const { machineId, name, leftOut, verdicts, stays, goes, bytesGoing } = keeping
  const [newest] = verdicts
  return (
    <>
      <Table.Tr className="row">
        <Table.Td>{newest === undefined ? undefined : <Opener name={name} open={open} onOpen={setOpen} />}</Table.Td>
        <Table.Td className="wide">
          <a className="link" href={toFragment({ kind: 'machine', machineId })}>
            <Name text={name} />
          </a>
          {leftOut.length === 0 ? undefined : (
            <Text fz="xs" c="dimmed" truncate>
              {t('policies.leftOut', { names: leftOut.map(visible).join(', ') })}
            </Text>
          )}
        </Table.Td>
        <Table.Td>{protection === undefined ? t('common.none') : <ProtectionMark state={protection.state} />}</Table.Td>
        <Table.Td>{newest === undefined ? t('common.never') : <Moment at={newest.createdAt} short />}</Table.Td>
        <Table.Td className="number">{verdicts.length}</Table.Td>
        <Table.Td className="number">{stays}</Table.Td>
        <Table.Td className="number">{goes}</Table.Td>
        <Table.Td className="number">{goes === 0 ? t('common.none') : sizeText(bytesGoing, i18n.language)}</Table.Td>
      </Table.Tr>
      {open ? (
        <Table.Tr>
          <Table.Td colSpan={8} className="opened">
            <RetentionPreview verdicts={verdicts} coming={false} />
          </Table.Td>
        </Table.Tr>
      ) : undefined}
    </>
  )
}

type OpenerProps = { readonly name: string; readonly open: boolean; readonly onOpen: (open: boolean) => void }

function Opener({ name, open, onOpen }: OpenerProps): ReactNode {
  const { t } = useTranslation()
  const Chevron = open ? IconChevronDown : IconChevronRight
  const label = { name: visible(name) }
  return (
    <ActionIcon
      size="sm"
      aria-expanded={open}
      aria-label={open ? t('policies.hideNamed', label) : t('policies.showNamed', label)}
      onClick={() => onOpen(!open)}
    >
      <Chevron size={15} aria-hidden="true" />
    </ActionIcon>
  )
}

function Totals({ keeping }: { readonly keeping: readonly MachineKeeping[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const sum = (amountOf: (each: MachineKeeping) => number): number =>
    keeping.reduce((total, each) => total + amountOf(each), 0)
  return (
    <Table.Tfoot>
      <Table.Tr>
        <Table.Td />
        <Table.Th scope="row" colSpan={3}>
          {t('policies.total')}
        </Table.Th>
        <Table.Td className="number">{sum(({ verdicts }) => verdicts.length)}</Table.Td>
        <Table.Td className="number">{sum(({ stays }) => stays)}</Table.Td>
        <Table.Td className="number">{sum(({ goes }) => goes)}</Table.Td>
        <Table.Td className="number">
          {sizeText(
            sum(({ bytesGoing }) => bytesGoing),
            i18n.language,
          )}
        </Table.Td>
      </Table.Tr>
    </Table.Tfoot>
  )
}
