import { useMantineColorScheme } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { toWire } from '../../shared/failure.ts'
import { firstSettings, type Settings, type SettingsChange } from '../../shared/settings.ts'
import { speak, systemLanguage } from '../text/i18n.ts'
import { useConsole } from './console-context.tsx'

/** Keeps language and colours as the engine's settings say, in every window at once. */
export function useFollowedSettings(): void {
  const { settings } = useConsole()
  const { i18n } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    const follow = ({ language, theme }: Settings): void => {
      void speak(i18n, language ?? systemLanguage(navigator.languages))
      setColorScheme(theme)
    }
    document.documentElement.lang = i18n.language
    // Until the engine has answered, the first paint's guess is worth more than the defaults.
    if (settings.getState() !== firstSettings) follow(settings.getState())
    return settings.subscribe(follow)
  }, [settings, i18n, setColorScheme])
}

/** Changes settings from anywhere; a change that the engine refuses is taken back, and said. */
export function useSettingsChange(): (change: SettingsChange) => void {
  const { changeSettings } = useConsole()
  const { t } = useTranslation()
  return (change) =>
    void changeSettings(change).catch((thrown: unknown) =>
      notifications.show({
        id: 'settings-refused',
        color: 'red',
        title: t('app.notDone'),
        message: t(`failure.${toWire(thrown).code}.cause`),
        closeButtonProps: { 'aria-label': t('common.close') },
      }),
    )
}
