import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'

/** Names runs: by their machine, a policy's retention by the policy, and what is about a repository by where that lies. */
export function useRunNames(): (run: Run) => string {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  const policies = useList('policies').items
  return useMemo(() => {
    const unnamed = t('activity.verifyName')
    const places = new Map(repositories.map(({ id, address }) => [id, addressText(address)]))
    const policyNames = new Map(policies.map(({ id, name }) => [id, name]))
    return (run) => run.machineName ?? policyNameOf(run, policyNames) ?? placeNameOf(run, places) ?? unnamed
  }, [repositories, policies, t])
}

type Names = ReadonlyMap<string | undefined, string>

function policyNameOf(run: Run, names: Names): string | undefined {
  return run.kind === 'retention' ? names.get(run.policyId) : undefined
}

/** A copy goes from one place to another. */
function placeNameOf(run: Run, places: Names): string | undefined {
  const place = places.get(run.repositoryId)
  const source = run.kind === 'copy' ? places.get(run.sourceId) : undefined
  return place === undefined || source === undefined ? place : `${source} → ${place}`
}
