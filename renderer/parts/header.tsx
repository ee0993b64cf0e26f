import { ActionIcon, Button, Kbd, Tooltip, useComputedColorScheme } from '@mantine/core'
import { IconLanguage, IconMoon, IconPlayerRecord, IconSearch, IconSun } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { otherLanguage } from '../text/i18n.ts'
import { Crumbs } from './crumbs.tsx'
import { useSettingsChange } from './use-reader.ts'

/** Where the reader is, the way to everything else, and the two switches that people look for. */
export function Header(props: { readonly onSearch: () => void }): ReactNode {
  const { t } = useTranslation()
  return (
    <header className="header">
      <IconPlayerRecord size={19} className="tone-busy" aria-hidden="true" />
      <span className="brand">Stillpoint</span>
      <Crumbs />
      <div style={{ flex: 1 }} />
      <Button
        variant="default"
        className="search"
        aria-haspopup="dialog"
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={props.onSearch}
      >
        <span className="search-text">{t('app.search')}</span>
      </Button>
      <LanguageSwitch />
      <ThemeSwitch />
    </header>
  )
}

function LanguageSwitch(): ReactNode {
  const { t, i18n } = useTranslation()
  const change = useSettingsChange()
  const other = otherLanguage(i18n.language)
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      lang={other}
      aria-label={t('app.language')}
      leftSection={<IconLanguage size={16} aria-hidden="true" />}
      onClick={() => change({ language: other })}
    >
      {other === 'en' ? 'English' : '中文'}
    </Button>
  )
}

function ThemeSwitch(): ReactNode {
  const { t } = useTranslation()
  const change = useSettingsChange()
  const isDark = useComputedColorScheme('light') === 'dark'
  const label = isDark ? t('app.toLight') : t('app.toDark')
  const Icon = isDark ? IconSun : IconMoon
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => change({ theme: isDark ? 'light' : 'dark' })}>
        <Icon size={17} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  )
}
