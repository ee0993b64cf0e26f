import {
  IconActivity,
  IconCalendarRepeat,
  IconDatabase,
  IconDeviceDesktop,
  IconFiles,
  IconLayoutDashboard,
  IconServer2,
  IconSettings,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded } from '../../shared/job.ts'
import { toFragment } from '../stores/navigation.ts'
import { useCoverage, useList, usePlace } from './console-context.tsx'
import { type Section, sectionOf, sections } from './sections.ts'

const icons = {
  overview: IconLayoutDashboard,
  machines: IconDeviceDesktop,
  files: IconFiles,
  policies: IconCalendarRepeat,
  activity: IconActivity,
  repositories: IconDatabase,
  hosts: IconServer2,
  settings: IconSettings,
} as const

/** The ways to every section, with how many things wait there; narrow windows keep the icons alone. */
export function Navigation(): ReactNode {
  const { t } = useTranslation()
  const counts: Readonly<Partial<Record<Section, number>>> = {
    machines: useCoverage().length,
    policies: useList('policies').items.length,
    activity: useList('runs').items.filter((run) => !isEnded(run.state)).length,
    repositories: useList('repositories').items.length,
    hosts: useList('hosts').items.length,
  }
  return (
    <nav className="navigation" aria-label={t('app.navigation')}>
      {sections.map((section) => (
        <Entry key={section} section={section} count={counts[section] ?? 0} />
      ))}
    </nav>
  )
}

function Entry({ section, count }: { readonly section: Section; readonly count: number }): ReactNode {
  const { t } = useTranslation()
  const isHere = sectionOf(usePlace()) === section
  const Icon = icons[section]
  const word = t(`nav.${section}`)
  const meaning = section === 'activity' ? t('nav.running', { count }) : t('nav.count', { count })
  return (
    <a href={toFragment({ kind: section })} title={word} {...(isHere ? { 'aria-current': 'page' } : {})}>
      <Icon size={18} stroke={1.7} aria-hidden="true" />
      <span className="navigation-word">{word}</span>
      {count === 0 ? undefined : (
        <span className={`count${section === 'activity' ? ' live' : ''}`} title={meaning}>
          {count}
        </span>
      )}
    </a>
  )
}
