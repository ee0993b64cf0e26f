import { Alert, Button, Group, Tabs, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository, type StoreAddress } from '../../shared/repository.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { Told } from '../parts/told.tsx'
import { isIn } from '../stores/copies.ts'
import { visible } from '../text/visible.ts'
import { RemoveRepositoryDialog } from './remove-repository-dialog.tsx'
import { Health } from './repositories-table.tsx'
import { RepositoryAccess } from './repository-access.tsx'
import { RepositoryCopies } from './repository-copies.tsx'
import { RepositoryKeys } from './repository-keys.tsx'
import { RepositoryLock } from './repository-lock.tsx'
import { RepositoryProof } from './repository-proof.tsx'
import { RepositorySavings, RepositorySpace } from './repository-space.tsx'
import { RepositoryUpkeep } from './repository-upkeep.tsx'

type Props = { readonly repository: Repository; readonly onOpen: (address: StoreAddress) => void }

/** One repository beside the list of all: can it be used, how full is it, is its data whole, and what can be done about it. */
export function RepositoryPane({ repository, onOpen }: Props): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const [removing, setRemoving] = useState(false)
  return (
    <aside className="pane" aria-labelledby={id}>
      <div className="pane-head">
        <Title order={2} id={id} fz="md" className="pane-title">
          <Name text={addressText(repository.address)} />
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
        <Parts repository={repository} />
      </div>
      {removing ? <RemoveRepositoryDialog repository={repository} onClose={() => setRemoving(false)} /> : undefined}
    </aside>
  )
}

const parts = ['health', 'space', 'copies', 'lock', 'keys', 'access'] as const
type Part = (typeof parts)[number]

/** What needs the repository's key is there only while it is open; where it lies and whose account it is, always. */
function Parts({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const [part, setPart] = useState<Part>('health')
  return (
    <Tabs
      value={part}
      onChange={(value) => setPart(parts.find((each) => each === value) ?? 'health')}
      keepMounted={false}
    >
      <Tabs.List mb={14}>
        {parts.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {t(`upkeep.tabs.${each}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {parts.map((each) => (
        <Tabs.Panel key={each} value={each} className="repository">
          <OnePart part={each} repository={repository} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function OnePart({ part, repository }: { readonly part: Part; readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const isOpen = repository.state === 'open'
  switch (part) {
    case 'health':
      return (
        <>
          <RepositorySpace repository={repository} />
          <RepositorySavings repository={repository} />
          <RepositoryProof repository={repository} />
          <Facts repository={repository} />
        </>
      )
    case 'space':
      return isOpen ? <RepositoryUpkeep repository={repository} /> : <Text fz="sm">{t('upkeep.openFirst')}</Text>
    case 'copies':
      return <RepositoryCopies repository={repository} />
    case 'lock':
      return isOpen ? <RepositoryLock repository={repository} /> : <Text fz="sm">{t('upkeep.openFirst')}</Text>
    case 'keys':
      return isOpen ? <RepositoryKeys repository={repository} /> : <Text fz="sm">{t('upkeep.openFirst')}</Text>
    case 'access':
      return <RepositoryAccess repository={repository} />
  }
}

const unreachable = { folder: 'repositories.unreachableText', s3: 'repositories.unreachableBucket' } as const

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
      <Text fz="sm">{isLocked ? t('repositories.lockedText') : t(unreachable[repository.address.kind])}</Text>
      <Group gap="xs" mt={8}>
        {isLocked ? undefined : (
          <Button size="compact-xs" variant="default" onClick={() => void repositories.refresh()}>
            {t('repositories.tryAgain')}
          </Button>
        )}
        <Button size="compact-xs" variant={isLocked ? 'filled' : 'default'} onClick={() => onOpen(repository.address)}>
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
    () => new Set(points.filter((each) => isIn(each, repository.id)).map(({ machineId }) => machineId)).size,
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
