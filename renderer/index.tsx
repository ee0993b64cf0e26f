import { styleNonce } from './strict-policy.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './frame.css'
import './parts/parts.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { App } from './app.tsx'
import { openBridge } from './bridge.ts'
import { ConsoleProvider } from './parts/console-context.tsx'
import { openConsole } from './stores/console.ts'
import { firstLanguage, startTexts } from './text/i18n.ts'
import { cssVariables, theme } from './theme.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root')

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <I18nextProvider i18n={startTexts(firstLanguage(localStorage, navigator.languages))}>
        <ConsoleProvider console={openConsole(openBridge, window)}>
          <Notifications position="top-right" />
          <App />
        </ConsoleProvider>
      </I18nextProvider>
    </MantineProvider>
  </StrictMode>,
)
