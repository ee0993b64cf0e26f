import { defineConfig } from '@playwright/test'
import type { HostName } from './console/real-console.ts'

/** Debian's Chromium, because the console is tested as it is served; one worker, because the machine is small. */
export default defineConfig<{ host: HostName }>({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    { name: 'headless', use: { host: 'headless' } },
    { name: 'desktop', use: { host: 'desktop' }, testMatch: ['console.spec.ts', 'walk.spec.ts', 'files-real.spec.ts'] },
  ],
  use: {
    viewport: { width: 1280, height: 820 },
    locale: 'en-GB',
    timezoneId: 'Asia/Shanghai',
    trace: 'off',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
