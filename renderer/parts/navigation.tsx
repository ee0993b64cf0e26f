import { IconActivity, IconDatabase, IconDeviceDesktop, IconServer2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded } from '../../shared/job.ts'
import { type Place, toFragment } from '../stores/navigation.ts'
import { useList, usePlace } from './console-context.tsx'

type Kind = 'machines' | 'activity' | 'repositories' | 'hosts'

const icons = {
  machines: IconDeviceDesktop,
  activity: IconActivity,
  repositories: IconDatabase,
  hosts: IconServer2,
} as const

export function Navigation(): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines').items.length
  const running = useList('runs').items.filter((run) => !isEnded(run.state)).length
  const repositories = useList('repositories').items.length
  const hosts = useList('hosts').items.length
  return (
    <nav className="navigation" aria-label={t('app.navigation')}>
      <Entry kind="machines" count={machines} />
      <Entry kind="activity" count={running} />
      <Entry kind="repositories" count={repositories} />
      <Entry kind="hosts" count={hosts} />
    </nav>
  )
}

function Entry({ kind, count }: { readonly kind: Kind; readonly count: number }): ReactNode {
  const { t } = useTranslation()
  const here = sectionOf(usePlace()) === kind
  const Icon = icons[kind]
  return (
    <a href={toFragment({ kind })} {...(here ? { 'aria-current': 'page' } : {})}>
      <Icon size={18} stroke={1.7} aria-hidden="true" />
      {t(`nav.${kind}`)}
      {count === 0 ? undefined : <span className="count">{count}</span>}
    </a>
  )
}

function sectionOf(place: Place): Kind {
  return place.kind === 'machine' ? 'machines' : place.kind
}
