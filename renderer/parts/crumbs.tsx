import { Anchor } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { useCoverage, useList, usePlace } from './console-context.tsx'
import { Name } from './name.tsx'
import { sectionOf } from './sections.ts'

/** The section, and the one thing of it that is shown; the page's title says the same. */
export function Crumbs(): ReactNode {
  const { t } = useTranslation()
  const section = sectionOf(usePlace())
  const name = useOneName()
  const title = [name === undefined ? undefined : visible(name), t(`nav.${section}`), 'Stillpoint']
  const text = title.filter((part) => part !== undefined).join(' · ')
  useEffect(() => {
    document.title = text
  }, [text])
  return (
    <ol className="crumbs" aria-label={t('nav.here')}>
      <li>
        {name === undefined ? (
          <span aria-current="page">{t(`nav.${section}`)}</span>
        ) : (
          <Anchor href={toFragment({ kind: section })} c="dimmed" inherit>
            {t(`nav.${section}`)}
          </Anchor>
        )}
      </li>
      {name === undefined ? undefined : (
        <li>
          <span aria-current="page">
            <Name text={name} />
          </span>
        </li>
      )}
    </ol>
  )
}

/** The name of the machine or policy that is shown, as far as it is known yet. */
function useOneName(): string | undefined {
  const place = usePlace()
  const coverage = useCoverage()
  const policies = useList('policies').items
  if (place.kind === 'machine' || place.kind === 'folder')
    return coverage.find(({ machineId }) => machineId === place.machineId)?.name
  if (place.kind === 'policy') return policies.find(({ id }) => id === place.policyId)?.name
  return undefined
}
