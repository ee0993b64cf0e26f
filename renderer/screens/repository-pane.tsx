import { Alert, Button, Group, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository } from '../../shared/repository.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { Told } from '../parts/told.tsx'
import { visible } from '../text/visible.ts'
import { RemoveRepositoryDialog } from './remove-repository-dialog.tsx'
import { Health } from './repositories-table.tsx'
import { RepositoryProof } from './repository-proof.tsx'
import { RepositorySavings, RepositorySpace } from './repository-space.tsx'

type Props = { readonly repository: Repository; readonly onOpen: (folder: string) => void }

/** One repository beside the list of all: can it be used, how full is it, is its data whole, and what can be done about it. */
export function RepositoryPane({ repository, onOpen }: Props): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const [removing, setRemoving] = useState(false)
  return (
    <aside className="pane" aria-labelledby={id}>
      <div className="pane-head">
        <Title order={2} id={id} fz="md" className="pane-title">
          <Name text={repository.address.folder} />
        </Title>
        <Health repository={repository} />
        <Button size="compact-xs" variant="default" onClick={() => setRemoving(true)}>
          {t('repositories.remove')}
        </Button>
      </div>
      <div className="pane-body repository">
        {repository.state === 'open' ? undefined : <NotOpen repository={repository} onOpen={onOpen} />}
        {repository.readOnly === undefined ? undefined : (
          <Alert variant="light" color="yellow" p="sm" title={t('repositories.readOnly')}>
            <Text fz="sm">{visible(repository.readOnly)}</Text>
            <Text fz="sm">{t('repositories.readOnlyText')}</Text>
          </Alert>
        )}
        <RepositorySpace repository={repository} />
        <RepositorySavings repository={repository} />
        <RepositoryProof repository={repository} />
        <Facts repository={repository} />
      </div>
      {removing ? <RemoveRepositoryDialog repository={repository} onClose={() => setRemoving(false)} /> : undefined}
    </aside>
  )
}

function NotOpen({ repository, onOpen }: Props): ReactNode {
  const { t } = useTranslation()
  const { repositories } = useConsole()
  const isLocked = repository.state === 'locked'
  return (
    <Alert
      role="alert"
      variant="light"
      color={isLocked ? 'yellow' : 'red'}
      p="sm"
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={t('repositories.problem')}
    >
      {repository.problem === undefined ? undefined : (
        <Text fz="sm">
          <Told text={repository.problem} code={repository.problemCode} />
        </Text>
      )}
      <Text fz="sm">{isLocked ? t('repositories.lockedText') : t('repositories.unreachableText')}</Text>
      <Group gap="xs" mt={8}>
        {isLocked ? undefined : (
          <Button size="compact-xs" variant="default" onClick={() => void repositories.refresh()}>
            {t('repositories.tryAgain')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant={isLocked ? 'filled' : 'default'}
          onClick={() => onOpen(repository.address.folder)}
        >
          {isLocked ? t('repositories.unlock') : t('repositories.open')}
        </Button>
      </Group>
    </Alert>
  )
}

function Facts({ repository }: { readonly repository: Repository }): ReactNode {
  const { t, i18n } = useTranslation()
  const points = useList('points').items
  const machines = useMemo(
    () => new Set(points.filter((each) => each.repositoryId === repository.id).map(({ machineId }) => machineId)).size,
    [points, repository.id],
  )
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <dl className="facts">
      <dt>{t('repositories.points')}</dt>
      <dd>{count.format(repository.points)}</dd>
      <dt>{t('repositories.machines')}</dt>
      <dd>{count.format(machines)}</dd>
      {repository.chunks === undefined ? undefined : (
        <>
          <dt>{t('repositories.chunks')}</dt>
          <dd>{count.format(repository.chunks)}</dd>
        </>
      )}
      <dt>{t('repositories.id')}</dt>
      <dd className="code">{repository.id}</dd>
    </dl>
  )
}
