import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoreAddress } from '../../shared/repository.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, ScreenHead } from '../parts/panel.tsx'
import { RepositoriesTable } from './repositories-table.tsx'
import { RepositoryPane } from './repository-pane.tsx'
import './activity.css'
import './repositories.css'

/** Where points are kept, whether each place can be used now, and how far its data is known to be whole. */
export function RepositoriesScreen({ repositoryId }: { readonly repositoryId: string | undefined }): ReactNode {
  const { t } = useTranslation()
  const { items, loaded, failure } = useList('repositories')
  const { opened } = useConsole()
  const chosen = items.find(({ id }) => id === repositoryId) ?? items[0]
  const open = (address: StoreAddress): void => opened.open({ kind: 'open-repository', address })
  const create = <Button onClick={() => opened.open({ kind: 'create-repository' })}>{t('repositories.create')}</Button>
  return (
    <div className="split-screen">
      <ScreenHead title={t('repositories.title')} note={items.length}>
        <Button variant="default" onClick={() => opened.open({ kind: 'open-repository' })}>
          {t('repositories.openOther')}
        </Button>
        {items.length === 0 ? undefined : create}
      </ScreenHead>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {chosen === undefined ? (
        <section className="panel" aria-label={t('repositories.title')}>
          <Empty text={loaded ? t('repositories.empty') : t('app.loading')}>{create}</Empty>
        </section>
      ) : (
        <div className="split" data-pane>
          <RepositoriesTable
            rows={items}
            chosen={chosen.id}
            onChoose={(id) => goTo({ kind: 'repositories', repositoryId: id })}
          />
          <RepositoryPane key={chosen.id} repository={chosen} onOpen={open} />
        </div>
      )}
    </div>
  )
}
