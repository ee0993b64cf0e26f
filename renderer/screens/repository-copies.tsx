import { Button, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { addressText, type Repository } from '../../shared/repository.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Name } from '../parts/name.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import { isIn } from '../stores/copies.ts'
import { visible } from '../text/visible.ts'
import { CopyRule } from './copy-rule.tsx'
import { Section } from './repository-section.tsx'
import { StartRun } from './start-run.tsx'

type Props = { readonly repository: Repository }

/** Which other repositories hold the same points, how that stands to the 3-2-1 rule, and what to do about it. */
export function RepositoryCopies({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const listed = useList('points').items
  const repositories = useList('repositories').items
  const own = useMemo(() => listed.filter((point) => isIn(point, repository.id)), [listed, repository.id])
  const others = repositories.filter(({ id }) => id !== repository.id)
  return (
    <>
      <CopyRule points={own} repositories={repositories} />
      <Section title={t('upkeep.copies')}>
        {others.length === 0 ? (
          <Text fz="sm">{t('upkeep.copiesNone')}</Text>
        ) : (
          <Others repository={repository} points={own} others={others} />
        )}
      </Section>
      {repository.coverage.damaged.length === 0 || repository.state !== 'open' ? undefined : (
        <Section title={t('upkeep.mend')}>
          <Text fz="sm">{t('upkeep.mendText')}</Text>
          <div>
            <StartRun
              label={t('upkeep.mend')}
              kind="mend"
              repositoryId={repository.id}
              start={(signal) => calls.startMend({ repositoryId: repository.id }, signal)}
            />
          </div>
        </Section>
      )}
    </>
  )
}

type OthersProps = Props & { readonly points: readonly Point[]; readonly others: readonly Repository[] }

function Others({ repository, points, others }: OthersProps): ReactNode {
  const { t } = useTranslation()
  const [to, setTo] = useState<Repository>()
  return (
    <>
      <ul className="pane-rows">
        {others.map((other) => (
          <li key={other.id}>
            <div>
              <div className="pane-row-head">
                <Name text={addressText(other.address)} />
                <RepositoryState state={other.state} />
              </div>
              <div className="dim">
                {t('upkeep.sharedOf', {
                  shared: points.filter((point) => isIn(point, other.id)).length,
                  points: points.length,
                })}
              </div>
            </div>
            {repository.state === 'open' && other.state === 'open' && other.readOnly === undefined ? (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('upkeep.copyNowNamed', { name: visible(addressText(other.address)) })}
                onClick={() => setTo(other)}
              >
                {t('upkeep.copyNow')}
              </Button>
            ) : undefined}
          </li>
        ))}
      </ul>
      {to === undefined ? undefined : (
        <CopyDialog from={repository} to={to} points={points} onClose={() => setTo(undefined)} />
      )}
    </>
  )
}

type CopyProps = {
  readonly from: Repository
  readonly to: Repository
  readonly points: readonly Point[]
  readonly onClose: () => void
}

function CopyDialog({ from, to, points, onClose }: CopyProps): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const missing = points.filter((point) => !isIn(point, to.id)).length
  const copy = (): void =>
    task.start(async (signal) => {
      const { runId } = await calls.startCopy({ from: from.id, to: to.id }, signal)
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('upkeep.copyTitle', { name: visible(addressText(to.address)) })}
      task={task}
      submit={t('upkeep.copyStart')}
      canSubmit={missing > 0}
      onSubmit={copy}
      onClose={onClose}
    >
      <Text fz="sm">{missing === 0 ? t('upkeep.copyNothing') : t('upkeep.copyText', { count: missing })}</Text>
    </Dialog>
  )
}
