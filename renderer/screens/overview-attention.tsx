import { Anchor, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { type Protection, protectionStates } from '../../shared/protection.ts'
import { goTo, useConsole, useCoverage, useProtection } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { ProtectionMark, StateMark } from '../parts/state.tsx'
import type { Coverage } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { Concerns } from './overview-concerns.tsx'
import { type Fix, fixOf } from './overview-fix.ts'

const shownRows = 7

type Row = { readonly row: Coverage; readonly protection: Protection }

/** The machines that are not as they should be, the worst first, each with its reasons and what to do about it; then the repositories. */
export function Attention(): ReactNode {
  const { t } = useTranslation()
  const coverage = useCoverage()
  const protections = useProtection()
  const rows = useMemo(() => needy(coverage, protections), [coverage, protections])
  return (
    <Panel area="attention" title={t('overview.attention')} {...(rows.length === 0 ? {} : { note: rows.length })}>
      {rows.length === 0 ? (
        <div className="panel-text">
          <StateMark tone="good" word={t('overview.allWell')} />
        </div>
      ) : (
        <>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('overview.machine')}</Table.Th>
                <Table.Th>{t('overview.state')}</Table.Th>
                <Table.Th className="wide">{t('overview.why')}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.slice(0, shownRows).map((each) => (
                <NeedyRow key={each.row.machineId} {...each} />
              ))}
            </Table.Tbody>
          </Table>
          {rows.length > shownRows ? <ShowAll count={rows.length} worst={rows[0]?.protection.state} /> : undefined}
        </>
      )}
      <Concerns />
    </Panel>
  )
}

function needy(coverage: readonly Coverage[], protections: ReadonlyMap<string, Protection>): readonly Row[] {
  return coverage
    .flatMap((row): readonly Row[] => {
      const protection = protections.get(row.machineId)
      return protection === undefined || protection.state === 'protected' ? [] : [{ row, protection }]
    })
    .sort((a, b) => protectionStates.indexOf(a.protection.state) - protectionStates.indexOf(b.protection.state))
}

type ShowAllProps = { readonly count: number; readonly worst: Protection['state'] | undefined }

function ShowAll({ count, worst }: ShowAllProps): ReactNode {
  const { t } = useTranslation()
  const { machinesFilter } = useConsole()
  return (
    <div className="panel-text">
      <Anchor
        fz="sm"
        href={toFragment({ kind: 'machines' })}
        onClick={() => machinesFilter.only(worst === undefined ? {} : { protection: worst })}
      >
        {t('overview.allOf', { count })}
      </Anchor>
    </div>
  )
}

function NeedyRow({ row, protection }: Row): ReactNode {
  return (
    <Table.Tr className="row">
      <Table.Td maw={200}>
        <Anchor className="link" href={toFragment({ kind: 'machine', machineId: row.machineId })}>
          <Name text={row.name} />
        </Anchor>
      </Table.Td>
      <Table.Td>
        <ProtectionMark state={protection.state} />
      </Table.Td>
      <Table.Td className="wide">
        <Reasons row={row} protection={protection} />
      </Table.Td>
      <Table.Td className="number">
        <FixButton name={row.name} fix={useFix(row, protection)} />
      </Table.Td>
    </Table.Tr>
  )
}

function useFix(row: Coverage, protection: Protection): Fix {
  const backups = useStore(useConsole().backups)
  return fixOf(row, protection, backups.get(row.machineId)?.id)
}

/** The weightiest reason in words of its own; the others in small ones. */
function Reasons({ row, protection }: Row): ReactNode {
  const { t } = useTranslation()
  const failure = useStore(useConsole().backups).get(row.machineId)?.failure
  const [first, ...others] = protection.reasons
    .filter((reason) => reason !== 'fresh')
    .map((reason) => {
      const sentence = t(`fact.protectionReason.${reason}`)
      if (reason !== 'last-failed' || failure === undefined) return sentence
      return t('overview.because', { reason: sentence, cause: t(`failure.${failure.code}.cause`) })
    })
  return (
    <div className="reasons">
      {first}
      {others.length === 0 ? undefined : (
        <Text fz="xs" c="dimmed">
          {others.join(' ')}
        </Text>
      )}
    </div>
  )
}

function FixButton({ name, fix }: { readonly name: string; readonly fix: Fix }): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const word = t(`overview.fix.${fix.word}`)
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={t('overview.fixNamed', { fix: word, name: visible(name) })}
      onClick={() => (fix.kind === 'go' ? goTo(fix.place) : opened.open(fix.dialog))}
    >
      {word}
    </Button>
  )
}
