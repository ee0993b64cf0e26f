import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useConsole } from './console-context.tsx'
import { useFailureNotices } from './failure-notices.ts'
import { Header } from './header.tsx'
import { Navigation } from './navigation.tsx'
import { StatusBar } from './status-bar.tsx'

/** What stays while screens come and go. Without a way to the engine there is nothing to show but how to get one. */
export function Frame(props: { readonly children: ReactNode }): ReactNode {
  const { t } = useTranslation()
  const link = useStore(useConsole().link).state
  useFailureNotices()
  const unreachable = link === 'absent' ? t('app.noEngine') : link === 'refused' ? t('app.refused') : undefined
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
        {t('app.skip')}
      </button>
      <Header />
      <Navigation />
      <main id="content" className="content" tabIndex={-1}>
        {unreachable === undefined ? props.children : <Text role="alert">{unreachable}</Text>}
      </main>
      <StatusBar />
    </div>
  )
}
