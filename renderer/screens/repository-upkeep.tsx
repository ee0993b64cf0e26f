import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { sizeText } from '../text/amounts.ts'
import { Section } from './repository-section.tsx'
import { RepositoryTrash } from './repository-trash.tsx'
import { StartRun } from './start-run.tsx'

/** What is there and needed by no point, when it was last cleaned up, and the points that can still be brought back. */
export function RepositoryUpkeep({ repository }: { readonly repository: Repository }): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls } = useConsole()
  const { id, unneededBytes, sweptAt, probe } = repository
  return (
    <>
      <Section title={t('upkeep.cleanUp')}>
        <dl className="facts">
          <dt>{t('upkeep.unneeded')}</dt>
          <dd>
            {sizeText(unneededBytes ?? 0, i18n.language)}{' '}
            {unneededBytes === undefined || unneededBytes === 0 ? undefined : (
              <span className="dim">{t('upkeep.unneededText')}</span>
            )}
          </dd>
          <dt>{t('upkeep.swept')}</dt>
          <dd>{sweptAt === undefined ? t('common.never') : <Moment at={sweptAt} />}</dd>
        </dl>
        {probe?.removal === false ? (
          <Text fz="sm" className="tone-warn">
            {t('upkeep.appendOnly')}
          </Text>
        ) : undefined}
        <Text fz="xs" c="dimmed">
          {t('upkeep.sweepText')}
        </Text>
        <div>
          <StartRun
            label={t('upkeep.sweep')}
            kind="sweep"
            repositoryId={id}
            start={(signal) => calls.startSweep({ repositoryId: id }, signal)}
          />
        </div>
      </Section>
      <RepositoryTrash repository={repository} />
    </>
  )
}
