import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { useList } from '../parts/console-context.tsx'

/** Names runs: by their machine, and where a whole repository is verified by its folder. */
export function useRunNames(): (run: Run) => string {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  return useMemo(() => {
    const folders = new Map(repositories.map(({ id, address }) => [id, address.folder]))
    return (run) => run.machineName ?? folders.get(run.repositoryId ?? '') ?? t('activity.verifyName')
  }, [repositories, t])
}
