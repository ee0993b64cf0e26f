import { Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useConsole, usePlace } from './console-context.tsx'
import { useFailureNotices } from './failure-notices.ts'
import { Header } from './header.tsx'
import { Mishap } from './mishap.tsx'
import { Navigation } from './navigation.tsx'
import { StatusBar } from './status-bar.tsx'
import { useCommandKey } from './use-command-key.ts'
import { useFollowedSettings } from './use-reader.ts'

type Props = {
  readonly children: ReactNode
  /** What Ctrl+K opens. */
  readonly palette: (onClose: () => void) => ReactNode
}

/** What stays while screens come and go. Without a way to the engine there is nothing to show but how to get one. */
export function Frame({ children, palette }: Props): ReactNode {
  const { t } = useTranslation()
  const link = useStore(useConsole().link).state
  const [searching, setSearching] = useState(false)
  const section = usePlace().kind
  useFailureNotices()
  useFollowedSettings()
  useCommandKey(() => setSearching(true))
  const unreachable = link === 'absent' ? t('app.noEngine') : link === 'refused' ? t('app.refused') : undefined
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
        {t('app.skip')}
      </button>
      <Header onSearch={() => setSearching(true)} />
      <Navigation />
      <main id="content" className="content" tabIndex={-1}>
        {unreachable === undefined ? (
          <Mishap key={section}>{children}</Mishap>
        ) : (
          <Text role="alert">{unreachable}</Text>
        )}
      </main>
      <StatusBar />
      {searching ? palette(() => setSearching(false)) : undefined}
    </div>
  )
}
