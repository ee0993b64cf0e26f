import { List, Text } from '@mantine/core'
import type { TFunction } from 'i18next'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'
import { StateMark } from '../parts/state.tsx'
import { type CopyCounts, type Counted, countCopies, wanted } from '../stores/copies.ts'
import { Section } from './repository-section.tsx'

type Props = { readonly points: readonly Point[]; readonly repositories: readonly Repository[] }

const counted: readonly Counted[] = ['copies', 'media', 'sites', 'credentials']

/** The 3-2-1 rule, counted: what there is, what is wanted, and what is missing in words. */
export function CopyRule({ points, repositories }: Props): ReactNode {
  const { t } = useTranslation()
  const counts = useMemo(() => countCopies(points, repositories), [points, repositories])
  return (
    <Section title={t('upkeep.rule')}>
      <Text fz="xs" c="dimmed">
        {t('upkeep.ruleText')}
      </Text>
      {counts === undefined ? <Text fz="sm">{t('upkeep.ruleNoPoints')}</Text> : <Counts counts={counts} />}
    </Section>
  )
}

function Counts({ counts }: { readonly counts: CopyCounts }): ReactNode {
  const { t } = useTranslation()
  const lacks = lacksOf(counts, t)
  return (
    <>
      <dl className="facts">
        {counted.map((which) => (
          <Count key={which} which={which} count={counts.fewest[which]} />
        ))}
      </dl>
      {lacks.length === 0 ? (
        <Text fz="sm" className="tone-good">
          {t('upkeep.nothingMissing')}
        </Text>
      ) : (
        <div>
          <Text fz="sm" fw={550}>
            {t('upkeep.missing')}
          </Text>
          <List size="sm">
            {lacks.map((lack) => (
              <List.Item key={lack}>{lack}</List.Item>
            ))}
          </List>
        </div>
      )}
    </>
  )
}

function Count({ which, count }: { readonly which: Counted; readonly count: number }): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      <dt>{t(`upkeep.counts.${which}`)}</dt>
      <dd>
        <StateMark
          tone={count >= wanted[which] ? 'good' : 'warn'}
          word={t('upkeep.ofWanted', { count, wanted: wanted[which] })}
        />
      </dd>
    </>
  )
}

function lacksOf({ fewest, short, unsaid }: CopyCounts, t: TFunction): readonly string[] {
  return [
    short > 0 ? t('upkeep.lacks.copies', { count: short }) : undefined,
    unsaid > 0 ? t('upkeep.lacks.unsaid', { count: unsaid }) : undefined,
    fewest.media < wanted.media ? t('upkeep.lacks.media') : undefined,
    fewest.sites < wanted.sites ? t('upkeep.lacks.sites') : undefined,
    fewest.credentials < wanted.credentials ? t('upkeep.lacks.credentials') : undefined,
  ].filter((lack) => lack !== undefined)
}
