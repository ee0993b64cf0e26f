import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { About } from '../../shared/settings.ts'
import { Panel } from '../parts/panel.tsx'
import { visible } from '../text/visible.ts'

/** What this console is and runs on, and how well its keys rest. */
export function AboutPanel({ about }: { readonly about: About }): ReactNode {
  const { t } = useTranslation()
  return (
    <Panel title={t('settings.about')}>
      <dl className="facts settings-about">
        <dt>{t('settings.version')}</dt>
        <dd>{visible(about.version)}</dd>
        <dt>{t('settings.carrier')}</dt>
        <dd>{t(`settings.carriers.${about.carrier}`)}</dd>
        <dt>{t('settings.home')}</dt>
        <dd>{visible(about.home)}</dd>
        <dt>{t('settings.secrets')}</dt>
        <dd>{t(`settings.secretKinds.${about.secrets}`)}</dd>
      </dl>
    </Panel>
  )
}
