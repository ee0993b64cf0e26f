import { Alert, Button, List, Loader, Table, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { WireFailure } from '../../shared/failure.ts'
import type { Machine } from '../../shared/machine.ts'
import type { RestorePlan } from '../../shared/plan.ts'
import type { Point } from '../../shared/point.ts'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { kindOf, type RestoreForm, targetOf } from './restore-form.ts'
import { type FixStep, RestoreObstacles } from './restore-obstacles.tsx'
import { PlanFacts } from './restore-plan-facts.tsx'
import type { Planned } from './use-restore-plan.ts'

type Props = {
  readonly point: Point
  readonly machine: Machine | undefined
  readonly form: RestoreForm
  readonly planned: Planned
  readonly startFailure: WireFailure | undefined
  readonly onChange: (part: Partial<RestoreForm>) => void
  readonly onStep: (step: FixStep) => void
  readonly onOpenRepository: () => void
  readonly onClose: () => void
}

/** What will be written where, what that takes, how to undo it, what is in the way; and the last word before it begins. */
export function RestorePlanStep(props: Props): ReactNode {
  const { t } = useTranslation()
  const { form, planned, point } = props
  const { plan, failure } = planned
  if (targetOf(form) === undefined) {
    return (
      <Alert variant="light" color="yellow" p="sm">
        <Text fz="sm">{form.disks?.length === 0 ? t('restore.chooseOne') : t('restore.missing')}</Text>
        <Button
          mt={8}
          size="compact-xs"
          variant="default"
          onClick={() => props.onStep(form.disks?.length === 0 ? 'what' : 'where')}
        >
          {form.disks?.length === 0 ? t('restore.toDisks') : t('restore.otherPlace')}
        </Button>
      </Alert>
    )
  }
  if (plan === undefined && failure === undefined) {
    return (
      <Text role="status" fz="sm" c="dimmed">
        <Loader size="xs" mr={8} />
        {t('restore.planning')}
      </Text>
    )
  }
  return (
    <>
      {failure === undefined ? undefined : (
        <>
          <FailureNote failure={failure} />
          <Button size="compact-xs" variant="default" loading={planned.asking} onClick={planned.again}>
            {t('restore.checkAgain')}
          </Button>
        </>
      )}
      {plan === undefined ? undefined : (
        <>
          <RestoreObstacles {...props} plan={plan} />
          <Writes plan={plan} />
          <PlanFacts plan={plan} form={form} />
          {kindOf(form) === 'in-place' ? <Overwriting {...props} plan={plan} point={point} /> : undefined}
        </>
      )}
      {props.startFailure === undefined ? undefined : <FailureNote failure={props.startFailure} />}
    </>
  )
}

function Writes({ plan }: { readonly plan: RestorePlan }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <div className="panel">
      <Table aria-label={t('restore.writes')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('restore.disk')}</Table.Th>
            <Table.Th>{t('restore.happens')}</Table.Th>
            <Table.Th className="wide">{t('restore.path')}</Table.Th>
            <Table.Th className="number">{t('restore.capacity')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.writes.map(({ disk, path, sizeBytes, overwrites }) => (
            <Table.Tr key={disk}>
              <Table.Td>
                <Name text={disk} />
              </Table.Td>
              <Table.Td>
                <Text span inherit fw={overwrites ? 600 : 400} {...(overwrites ? { className: 'tone-bad' } : {})}>
                  {overwrites ? t('restore.overwritten') : t('restore.written')}
                </Text>
              </Table.Td>
              <Table.Td className="wide">
                {path === undefined ? (
                  <Text span inherit c="dimmed">
                    {t('restore.chosenByHost')}
                  </Text>
                ) : (
                  <Name text={path} />
                )}
              </Table.Td>
              <Table.Td className="number">{sizeText(sizeBytes, i18n.language)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Names what is lost and asks for the machine's name. */
function Overwriting({ point, machine, form, plan, onChange }: Props & { readonly plan: RestorePlan }): ReactNode {
  const { t, i18n } = useTranslation()
  const name = machine?.name ?? point.machineName
  return (
    <>
      <Alert
        role="alert"
        variant="light"
        color="red"
        p="sm"
        icon={<IconAlertTriangle size={18} aria-hidden="true" />}
        title={t('restore.overwriteTitle', { moment: momentText(point.createdAt, i18n.language) })}
      >
        <List size="sm">
          {plan.writes
            .filter(({ overwrites }) => overwrites)
            .map(({ disk, path, sizeBytes }) => (
              <List.Item key={disk}>
                {visible(disk)} · {sizeText(sizeBytes, i18n.language)}
                {path === undefined ? '' : ` · ${visible(path)}`}
              </List.Item>
            ))}
        </List>
        <Text fz="sm" mt={6}>
          {form.undoFirst ? t('restore.overwriteKept') : t('restore.undoWithout')}
        </Text>
      </Alert>
      <TextInput
        maw={420}
        label={t('restore.typeName')}
        description={t('restore.typed', { name: visible(name) })}
        autoComplete="off"
        spellCheck={false}
        value={form.confirmation}
        onChange={(event) => onChange({ confirmation: event.currentTarget.value })}
      />
    </>
  )
}
