import { Table, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository } from '../../shared/repository.ts'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { isGap, RepositoryState, StateMark } from '../parts/state.tsx'
import { sizeText } from '../text/amounts.ts'

type Props = {
  readonly rows: readonly Repository[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

export function RepositoriesTable(props: Props): ReactNode {
  const { t } = useTranslation()
  return (
    <section className="panel repositories" aria-label={t('repositories.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="wide">{t('repositories.address')}</Table.Th>
            <Table.Th>{t('repositories.state')}</Table.Th>
            <Table.Th className="number">{t('repositories.points')}</Table.Th>
            <Table.Th className="number">{t('repositories.stored')}</Table.Th>
            <Table.Th>{t('repositories.verified')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.rows.map((row) => (
            <Row key={row.id} row={row} isChosen={row.id === props.chosen} onChoose={props.onChoose} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

type RowProps = { readonly row: Repository; readonly isChosen: boolean; readonly onChoose: (id: string) => void }

function Row({ row, isChosen, onChoose }: RowProps): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <Table.Tr className="row chooses" data-chosen={isChosen}>
      <Table.Td className="wide">
        <UnstyledButton className="row-choice" aria-pressed={isChosen} onClick={() => onChoose(row.id)}>
          <Name text={addressText(row.address)} />
        </UnstyledButton>
      </Table.Td>
      <Table.Td>
        <Health repository={row} />
      </Table.Td>
      <Table.Td className="number">{row.points}</Table.Td>
      <Table.Td className="number">
        {row.storedBytes === undefined ? t('common.none') : sizeText(row.storedBytes, i18n.language)}
      </Table.Td>
      <Table.Td>{row.verifiedAt === undefined ? t('common.never') : <Moment at={row.verifiedAt} short />}</Table.Td>
    </Table.Tr>
  )
}

/** The worst that is known: not open, damaged, not locked though it should be, read only; else open. */
export function Health({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  if (repository.state !== 'open') return <RepositoryState state={repository.state} />
  if (repository.coverage.damaged.length > 0) return <StateMark tone="bad" word={t('activity.damageFound')} />
  if (repository.lock !== undefined && isGap(repository.lockTruth))
    return <StateMark tone="bad" word={t('upkeep.lockGap')} />
  if (repository.readOnly !== undefined) return <StateMark tone="warn" word={t('repositories.readOnly')} />
  return <RepositoryState state="open" />
}
