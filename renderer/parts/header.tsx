import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconLanguage, IconMoon, IconPlayerRecord, IconSun } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { otherLanguage, rememberLanguage } from '../text/i18n.ts'

/** The product's name, and the two switches that are remembered in this browser. */
export function Header(): ReactNode {
  return (
    <header className="header">
      <IconPlayerRecord size={19} className="tone-busy" aria-hidden="true" />
      <span className="brand">Stillpoint</span>
      <div style={{ flex: 1 }} />
      <LanguageSwitch />
      <ThemeSwitch />
    </header>
  )
}

function LanguageSwitch(): ReactNode {
  const { t, i18n } = useTranslation()
  const other = otherLanguage(i18n.language)
  useEffect(() => {
    document.documentElement.lang = i18n.language
  }, [i18n.language])
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      lang={other}
      aria-label={t('app.language')}
      leftSection={<IconLanguage size={16} aria-hidden="true" />}
      onClick={() => void rememberLanguage(i18n, other)}
    >
      {other === 'en' ? 'English' : '中文'}
    </Button>
  )
}

function ThemeSwitch(): ReactNode {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  const label = isDark ? t('app.toLight') : t('app.toDark')
  const Icon = isDark ? IconSun : IconMoon
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        <Icon size={17} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  )
}
