import { Button, Table, Text, VisuallyHidden } from '@mantine/core'
import type { TFunction } from 'i18next'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText } from '../../shared/repository.ts'
import { goTo, useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { StateMark } from '../parts/state.tsx'
import { type Concern, type Concerned, concernsOf } from '../stores/concerns.ts'
import type { Place } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'

const shownRows = 5
const tones = { 'locks-fail': 'bad', unlocked: 'bad', 'upkeep-failed': 'bad', 'append-only': 'still' } as const

/** What is to be known of repositories, and where more of it stands; nothing where all is well. */
export function Concerns(): ReactNode {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  const runs = useList('runs').items
  const rows = useMemo(() => concernsOf(repositories, runs), [repositories, runs])
  if (rows.length === 0) return undefined
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('overview.repository')}</Table.Th>
            <Table.Th>{t('overview.state')}</Table.Th>
            <Table.Th className="wide">{t('overview.why')}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, shownRows).map((row) => (
            <ConcernRow key={keyOf(row)} row={row} />
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > shownRows ? (
        <Text className="panel-text" fz="sm" c="dimmed">
          {t('overview.moreConcerns', { count: rows.length - shownRows })}
        </Text>
      ) : undefined}
    </>
  )
}

function keyOf({ repository, concern }: Concerned): string {
  return `${repository.id} ${concern.kind === 'upkeep-failed' ? concern.run.id : concern.kind}`
}

function ConcernRow({ row: { repository, concern } }: { readonly row: Concerned }): ReactNode {
  const { t } = useTranslation()
  const name = addressText(repository.address)
  const { word, place } = wayOf(concern, repository.id)
  const fix = t(`overview.fix.${word}`)
  return (
    <Table.Tr className="row">
      <Table.Td maw={200}>
        <Name text={name} />
      </Table.Td>
      <Table.Td>
        <StateMark tone={tones[concern.kind]} word={t(`overview.concernState.${concern.kind}`)} />
      </Table.Td>
      <Table.Td className="wide">{sentenceOf(concern, t)}</Table.Td>
      <Table.Td className="number">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('overview.fixNamed', { fix, name: visible(name) })}
          onClick={() => goTo(place)}
        >
          {fix}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

function wayOf(concern: Concern, repositoryId: string): { readonly word: 'run' | 'repository'; readonly place: Place } {
  return concern.kind === 'upkeep-failed'
    ? { word: 'run', place: { kind: 'activity', runId: concern.run.id } }
    : { word: 'repository', place: { kind: 'repositories', repositoryId } }
}

function sentenceOf(concern: Concern, t: TFunction): string {
  switch (concern.kind) {
    case 'unlocked':
      return t('overview.concern.unlocked', { count: concern.count })
    case 'upkeep-failed':
      return t('overview.concern.failed', {
        what: t(`fact.runKind.${concern.run.kind}`),
        cause: concern.run.failure === undefined ? '' : t(`failure.${concern.run.failure.code}.cause`),
      })
    case 'locks-fail':
    case 'append-only':
      return t(`overview.concern.${concern.kind}`)
  }
}
