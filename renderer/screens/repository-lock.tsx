import { Button, Group, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository, S3Address } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { LockFacts } from './lock-facts.tsx'
import { LockRuleFields, useLockForm } from './lock-rule-fields.tsx'
import { Section } from './repository-section.tsx'
import { StartRun } from './start-run.tsx'

type Props = { readonly repository: Repository }

/** Whether backups can be deleted: what the rule says, and what a look at the store showed. */
export function RepositoryLock({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const { id, address, lock, lockTruth } = repository
  if (address.kind === 'folder') return <Text fz="sm">{t('upkeep.lockFolder')}</Text>
  return (
    <>
      <Rule repository={repository} address={address} />
      <Section title={t('upkeep.lockTruth')}>
        {lockTruth === undefined ? (
          <Text fz="sm">{t('upkeep.lockNever')}</Text>
        ) : (
          <dl className="facts">
            <LockFacts truth={lockTruth} />
          </dl>
        )}
        {lock === undefined ? undefined : (
          <div>
            <StartRun
              label={t('upkeep.lockCheck')}
              kind="lock"
              repositoryId={id}
              start={(signal) => calls.startLock({ repositoryId: id }, signal)}
            />
          </div>
        )}
      </Section>
    </>
  )
}

type RuleProps = Props & { readonly address: S3Address }

function Rule({ repository, address }: RuleProps): ReactNode {
  const { t } = useTranslation()
  const [setting, setSetting] = useState(false)
  const { lock, probe } = repository
  const isAble = probe?.lock === 'enforced'
  return (
    <Section title={t('upkeep.lockRule')}>
      <Text fz="sm">
        {lock === undefined
          ? t('upkeep.lockNoRule')
          : t('store.lockRule', { mode: t(`store.lockKinds.${lock.mode}`), days: lock.days })}
      </Text>
      {lock === undefined ? undefined : (
        <Text fz="xs" c="dimmed">
          {t(`store.lockMeanings.${lock.mode}`)}
        </Text>
      )}
      {isAble || lock !== undefined ? (
        <Group>
          <Button size="compact-sm" variant="default" onClick={() => setSetting(true)}>
            {t('upkeep.lockSet')}
          </Button>
        </Group>
      ) : (
        <Text fz="sm">{t('upkeep.lockUnable')}</Text>
      )}
      {setting ? (
        <SetLockDialog repository={repository} address={address} onClose={() => setSetting(false)} />
      ) : undefined}
    </Section>
  )
}

function SetLockDialog({ repository, address, onClose }: RuleProps & { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories } = useConsole()
  const task = useTask()
  const form = useLockForm(address.bucket, repository.lock)
  const set = (): void =>
    task.start(async (signal) => {
      const rule = form.rule === undefined ? {} : { lock: form.rule }
      await calls.setLock({ repositoryId: repository.id, ...rule }, signal)
      await repositories.refresh()
      onClose()
    })
  return (
    <Dialog
      title={t('upkeep.lockSetTitle', { name: address.bucket })}
      task={task}
      submit={t('upkeep.lockSave')}
      canSubmit={form.isReady}
      danger={form.rule?.mode === 'compliance'}
      onSubmit={set}
      onClose={onClose}
    >
      <Text fz="sm">{t('upkeep.lockSetText')}</Text>
      <LockRuleFields form={form} bucket={address.bucket} />
      {repository.lock === undefined ? undefined : (
        <Text fz="xs" c="dimmed">
          {t('upkeep.lockLess')}
        </Text>
      )}
    </Dialog>
  )
}
