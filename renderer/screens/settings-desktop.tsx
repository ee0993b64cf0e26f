import { Group, NumberInput, Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { About } from '../../shared/settings.ts'
import { useSettings } from '../parts/console-context.tsx'
import { Panel } from '../parts/panel.tsx'
import { useSettingsChange } from '../parts/use-reader.ts'
import { SettingRow } from './settings-row.tsx'

const longestQuietDays = 365

/** Notices and the tray: they belong to a desktop, so only the desktop application can be told about them. */
export function DesktopPanels({ carrier }: Pick<About, 'carrier'>): ReactNode {
  const { t } = useTranslation()
  const { notify, quietDays, keepInTray } = useSettings()
  const change = useSettingsChange()
  if (carrier !== 'electron') return undefined
  return (
    <>
      <Panel title={t('settings.tell')}>
        <SettingRow label={t('settings.notify')} text={t('settings.notifyText')}>
          <Switch
            aria-label={t('settings.notify')}
            checked={notify}
            onChange={(event) => change({ notify: event.currentTarget.checked })}
          />
        </SettingRow>
        <SettingRow label={t('settings.quiet')} text={t('settings.quietText')}>
          <Group gap={8} wrap="nowrap">
            <NumberInput
              aria-label={t('settings.quiet')}
              w={90}
              min={1}
              max={longestQuietDays}
              allowDecimal={false}
              clampBehavior="strict"
              value={quietDays}
              onChange={(days) => typeof days === 'number' && days >= 1 && change({ quietDays: days })}
            />
            <Text span fz="sm">
              {t('settings.days')}
            </Text>
          </Group>
        </SettingRow>
      </Panel>
      <Panel title={t('settings.window')}>
        <SettingRow label={t('settings.tray')} text={t('settings.trayText')}>
          <Switch
            aria-label={t('settings.tray')}
            checked={keepInTray}
            onChange={(event) => change({ keepInTray: event.currentTarget.checked })}
          />
        </SettingRow>
      </Panel>
    </>
  )
}
