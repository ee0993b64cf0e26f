import { SegmentedControl, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { About, SettingsChange } from '../../shared/settings.ts'
import { useConsole, useSettings } from '../parts/console-context.tsx'
import { Panel, ScreenHead } from '../parts/panel.tsx'
import { useSettingsChange } from '../parts/use-reader.ts'
import { AboutPanel } from './settings-about.tsx'
import { CatalogPanel } from './settings-catalog.tsx'
import { DesktopPanels } from './settings-desktop.tsx'
import { SettingRow } from './settings-row.tsx'
import { WantedSpan } from './settings-span.tsx'
import './settings.css'

/** What one person wants of the console on this machine. Every change counts at once. */
export function SettingsScreen(): ReactNode {
  const { t } = useTranslation()
  const about = useAbout()
  return (
    <div className="stack settings">
      <ScreenHead title={t('settings.title')} note={t('settings.lead')} />
      <LookPanel />
      <WantedPanel />
      {about === undefined ? undefined : <DesktopPanels carrier={about.carrier} />}
      <CatalogPanel />
      {about === undefined ? undefined : <AboutPanel about={about} />}
    </div>
  )
}

function useAbout(): About | undefined {
  const { calls } = useConsole()
  const [about, setAbout] = useState<About>()
  useEffect(() => {
    const abort = new AbortController()
    void calls.about(null, abort.signal).then(setAbout, () => undefined)
    return () => abort.abort()
  }, [calls])
  return about
}

const languages = ['system', 'en', 'zh-CN'] as const
/** Each in its own words: whoever looks for a language may read no other. */
const languageNames = { en: 'English', 'zh-CN': '中文' } as const
const themes = ['auto', 'light', 'dark'] as const

function LookPanel(): ReactNode {
  const { t } = useTranslation()
  const { language, theme } = useSettings()
  const change = useSettingsChange()
  return (
    <Panel title={t('settings.look')}>
      <SettingRow label={t('settings.language')}>
        <SegmentedControl
          aria-label={t('settings.language')}
          value={language ?? 'system'}
          onChange={(value) => change(languageChange(value))}
          data={languages.map((value) => ({
            value,
            label: value === 'system' ? t('settings.systemLanguage') : languageNames[value],
          }))}
        />
      </SettingRow>
      <SettingRow label={t('settings.theme')}>
        <SegmentedControl
          aria-label={t('settings.theme')}
          value={theme}
          onChange={(value) => change({ theme: themes.find((each) => each === value) ?? 'auto' })}
          data={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        />
      </SettingRow>
    </Panel>
  )
}

function languageChange(value: string): SettingsChange {
  return { language: value === 'en' || value === 'zh-CN' ? value : null }
}

function WantedPanel(): ReactNode {
  const { t } = useTranslation()
  const settings = useSettings()
  const change = useSettingsChange()
  return (
    <Panel title={t('settings.wanted')}>
      <Text fz="sm" c="dimmed" className="settings-lead">
        {t('settings.wantedText')}
      </Text>
      <WantedSpan
        label={t('settings.rpo')}
        text={t('settings.rpoText')}
        minutes={settings.wantedRpoMinutes}
        onChange={(wantedRpoMinutes) => change({ wantedRpoMinutes })}
      />
      <WantedSpan
        label={t('settings.rto')}
        text={t('settings.rtoText')}
        minutes={settings.wantedRtoMinutes}
        onChange={(wantedRtoMinutes) => change({ wantedRtoMinutes })}
      />
    </Panel>
  )
}
