import { Button, Progress, Radio, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { percentOf, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { CopyChoice, VerifyChoice } from './backup-copy-choice.tsx'
import type { StepProps } from './backup-draft.ts'
import { isWritable } from './backup-repository.ts'

/** Which repository: those that can be written to, with their room; the others with the reason why not. */
export function WhereStep({ draft, onChange, onCreate }: StepProps & { readonly onCreate: () => void }): ReactNode {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  const sorted = repositories.toSorted((a, b) => Number(isWritable(b)) - Number(isWritable(a)))
  return (
    <>
      <Radio.Group
        aria-label={t('backup.step.where')}
        value={draft.repositoryId ?? null}
        onChange={(repositoryId) => onChange({ repositoryId })}
      >
        <div className="choices">
          {sorted.map((repository) => (
            <RepositoryCard key={repository.id} repository={repository} />
          ))}
        </div>
      </Radio.Group>
      {sorted.some(isWritable) ? undefined : <Text fz="sm">{t('backup.noRepository')}</Text>}
      <Button variant="default" onClick={onCreate}>
        {t('backup.createRepository')}
      </Button>
      <CopyChoice draft={draft} onChange={onChange} />
      <VerifyChoice draft={draft} onChange={onChange} />
    </>
  )
}

function RepositoryCard({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const { id, address, points, problem, readOnly, state } = repository
  const reason = problem ?? readOnly
  const why = reason === undefined && state === 'locked' ? t('backup.openItFirst') : reason
  return (
    <Radio.Card
      className="choice"
      value={id}
      disabled={!isWritable(repository)}
      aria-label={visible(addressText(address))}
    >
      <div className="choice-line">
        <Radio.Indicator size="xs" disabled={!isWritable(repository)} />
        <div className="choice-text">
          <Text component="div" fw={550} className="choice-head">
            <Name text={addressText(address)} />
            <RepositoryState state={state} />
          </Text>
          <Text component="div" fz="xs" c="dimmed">
            {t('backup.points', { count: points })}
          </Text>
          {why === undefined ? undefined : (
            <Text component="div" fz="xs" className="tone-warn">
              {visible(why)}
            </Text>
          )}
        </div>
        <Room repository={repository} />
      </div>
    </Radio.Card>
  )
}

function Room({ repository }: { readonly repository: Repository }): ReactNode {
  const { t, i18n } = useTranslation()
  const { freeBytes, totalBytes } = repository
  if (freeBytes === undefined) return undefined
  const free = sizeText(freeBytes, i18n.language)
  if (totalBytes === undefined) return <Text fz="xs">{t('backup.freeOnly', { free })}</Text>
  const text = t('backup.freeOf', { free, total: sizeText(totalBytes, i18n.language) })
  return (
    <div className="room">
      <Text fz="xs">{text}</Text>
      <Progress size={6} value={percentOf(totalBytes - freeBytes, totalBytes)} aria-label={text} />
    </div>
  )
}
