import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoverage, useList } from '../parts/console-context.tsx'
import { Loading } from '../parts/loading.tsx'
import { Empty, ScreenHead } from '../parts/panel.tsx'
import { toFragment } from '../stores/navigation.ts'
import { FileSearchPanel } from './file-search.tsx'
import { FilesMachines } from './files-machines.tsx'
import { Shelf } from './shelf.tsx'
import './files.css'

/** Files by their path, whatever machine and moment they lie in; and the machines to look through. */
export function FilesScreen(): ReactNode {
  const { t } = useTranslation()
  const { loaded } = useList('points')
  const machines = useCoverage().filter(({ points }) => points.length > 0)
  return (
    <div className="files">
      <div className="files-start stack">
        <ScreenHead title={t('files.title')} note={t('files.lead')} />
        {!loaded && machines.length === 0 ? (
          <Loading />
        ) : machines.length === 0 ? (
          <Empty text={t('files.noMachines')}>
            <Button component="a" href={toFragment({ kind: 'machines' })}>
              {t('files.toMachines')}
            </Button>
          </Empty>
        ) : (
          <>
            <FileSearchPanel machines={machines} />
            <FilesMachines machines={machines} />
          </>
        )}
      </div>
      <Shelf />
    </div>
  )
}
