import { Table, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Moment } from '../parts/moment.tsx'
import { momentText } from '../text/amounts.ts'
import { RetentionBand } from './retention-band.tsx'
import type { Verdict } from './retention-forecast.ts'

type Props = {
  /** Newest first. */
  readonly verdicts: readonly Verdict[]
  /** Some of them do not exist yet. */
  readonly coming: boolean
}

const listed = 200

/** Which points of one machine would stay and why: in a sentence, as a band, and as a list. */
export function RetentionPreview({ verdicts, coming }: Props): ReactNode {
  const { t } = useTranslation()
  const stay = useMemo(() => verdicts.filter(({ reasons }) => reasons.length > 0).length, [verdicts])
  const counts = { all: verdicts.length, stay, go: verdicts.length - stay }
  const sentence = coming ? t('retention.verdictComing', counts) : t('retention.verdict', counts)
  return (
    <div className="stack-s">
      <Text fz="sm" role="status">
        {sentence}
      </Text>
      <RetentionBand verdicts={verdicts} label={sentence} />
      <details className="verdicts">
        <summary>{t('retention.list')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section className="verdicts-list" aria-label={t('retention.list')} tabIndex={0}>
          <VerdictList verdicts={verdicts} />
        </section>
      </details>
    </div>
  )
}

function VerdictList({ verdicts }: { readonly verdicts: readonly Verdict[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const more = verdicts.length - listed
  return (
    <>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('retention.moment')}</Table.Th>
            <Table.Th>{t('retention.verdictColumn')}</Table.Th>
            <Table.Th>{t('retention.why')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {verdicts.slice(0, listed).map(({ id, createdAt, reasons, imagined }) => (
            <Table.Tr key={id}>
              <Table.Td>
                {imagined ? (
                  `${momentText(createdAt, i18n.language)} · ${t('retention.coming')}`
                ) : (
                  <Moment at={createdAt} />
                )}
              </Table.Td>
              <Table.Td>{reasons.length > 0 ? t('retention.stays') : t('retention.goes')}</Table.Td>
              <Table.Td className="verdict-why">
                {reasons.map((reason) => t(`fact.keepReason.${reason}`)).join(' · ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {more > 0 ? (
        <Text fz="xs" c="dimmed" p={8}>
          {t('retention.more', { count: more })}
        </Text>
      ) : undefined}
    </>
  )
}
