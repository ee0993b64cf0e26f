import { expect } from '@playwright/test'
import { Failure } from '../shared/failure.ts'
import { firstSettings } from '../shared/settings.ts'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { busyWorld, hour, now, run } from './console/worlds.ts'

test.beforeEach(({ page }) => page.clock.setFixedTime(now))

test('the counts are those of the machines, and lead to them', async ({ page }) => {
  await openFake(page, busyWorld())
  const counts = page.getByRole('region', { name: 'Protection' })
  await expect(counts.getByRole('button', { name: '4 Unprotected' })).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('Unprotected: 4')
  await counts.getByRole('button', { name: '4 Unprotected' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Machines' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'ad-dc-01' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'erp-db-01' })).toHaveCount(0)
})

test('what needs attention says why, the worst first, with the fix beside it', async ({ page }) => {
  const world = busyWorld()
  const asked: unknown[] = []
  await openFake(page, world, {
    planBackup: async () => ({ machines: [] }),
    startBackup: async (argument) => {
      asked.push(argument.machineId)
      return { runId: 'e'.repeat(32) }
    },
  })
  const rows = page.getByRole('region', { name: 'Needs attention' }).getByRole('row')
  await expect(rows.nth(1)).toContainText('ad-dc-01')
  await expect(rows.nth(1)).toContainText('It has no point yet.')
  const failed = rows.filter({ hasText: 'mail-01' })
  await expect(failed).toContainText('Its last backup failed. There is no space left where this writes.')
  await failed.getByRole('button', { name: 'Show run' }).click()
  await expect(page).toHaveURL(/#\/activity\/f+3$/)
  await page.goBack()
  await rows.nth(1).getByRole('button', { name: 'Back up now…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back up now', exact: true }).click()
  await expect.poll(() => asked).toEqual([world.machines.find(({ name }) => name === 'ad-dc-01')?.id])
})

test('wanted and proven stand side by side, and follow the settings of another window', async ({ page }) => {
  const world = busyWorld()
  const emit = await openFake(page, world)
  const loss = page.getByRole('region', { name: 'Work that may be lost (RPO)' })
  await expect(loss).toContainText('Wanted: at most 24 hours')
  await expect(loss).toContainText('Machines without any point, of which nothing can be said: 4')
  await expect(loss.getByText('Missed')).toHaveCount(0)
  world.settings = { ...firstSettings, wantedRpoMinutes: 60 }
  emit('settingsChanged', null)
  await expect(loss).toContainText('Wanted: at most 1 hour')
  await expect(loss.getByText('Missed')).toHaveCount(2)
  await expect(page.getByRole('contentinfo')).not.toContainText('Protected: 7')

  const recovery = page.getByRole('region', { name: 'Time to get a machine back (RTO)' })
  await expect(recovery).toContainText('Proven by a restore: 2 of 11 machines')
  world.recoveries = []
  emit('pointsChanged', null)
  await expect(recovery).toContainText('Not proven yet.')
})

test('the calendar counts each day and says it in words', async ({ page }) => {
  const world = busyWorld()
  await openFake(page, world)
  const calendar = page.getByRole('region', { name: 'Calendar of backups' })
  const days = world.days([now - 12 * hour, now])
  const failed = days.filter(({ days: [day] }) => day === 'failed').length
  await expect(calendar.getByRole('img', { name: /November 22, 2026/ })).toHaveAccessibleName(
    new RegExp(`${failed} failed, \\d+ planned`),
  )
  await expect(calendar.getByRole('img', { name: /November 29, 2026/ })).toHaveAccessibleName(/planned/)
  await expect(calendar.getByRole('img', { name: /November 30, 2026/ })).toHaveCount(0)
})

test('an engine that dies is told within two seconds, and everything is asked for again when it is back', async ({
  page,
}) => {
  const world = busyWorld()
  let isDead = false
  const emit = await openFake(page, world, {
    about: async () => {
      if (isDead) throw new Failure('engine-died', 'The engine ended')
      return { version: '0.1.0', carrier: 'electron', home: '/home', secrets: 'system' }
    },
  })
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('erp-db-01')
  isDead = true
  await expect(status.getByRole('status')).toContainText('is being started again', { timeout: 2000 })
  await expectAccessible(page)
  world.runs = world.runs.map((each) => (each.state === 'running' ? { ...each, state: 'failed', endedAt: now } : each))
  isDead = false
  await expect(status).not.toContainText('erp-db-01')
  await expect(status).toContainText('web-01')
  emit('run', run(1, { state: 'running', paused: true, machineName: 'file-01', queuedAt: now }))
  await expect(status).toContainText('web-01')
})

test('a run that is held up says so in the status bar, and only two runs stand there by name', async ({ page }) => {
  const world = { ...busyWorld(), runs: [] }
  const emit = await openFake(page, world)
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('Nothing is running')
  emit('run', run(11, { state: 'running', paused: true, machineName: 'held' }))
  await expect(status).toContainText('held')
  await expect(status).toContainText('Paused')
  emit('run', run(12, { state: 'queued', machineName: 'later' }))
  emit('run', run(13, { state: 'running', machineName: 'going' }))
  await expect(status).toContainText('going')
  await expect(status).toContainText('and 1 more')
  await expect(status).not.toContainText('later')
})

test('settings count at once: language, colours, and what is wanted', async ({ page }) => {
  const world = busyWorld()
  await openFake(page, world, {
    about: async () => ({ version: '9.8.7', carrier: 'electron', home: '/home/a\u202E/b', secrets: 'memory' }),
  })
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText('9.8.7')).toBeVisible()
  await expect(page.getByText('/home/a⟦U+202E⟧/b')).toBeVisible()
  await expectAccessible(page)
  const rpo = page.getByRole('textbox', { name: 'Work that may be lost at most (RPO)' })
  await rpo.fill('3')
  await expect.poll(() => world.settings.wantedRpoMinutes).toBe(3 * 1440)
  await page.getByRole('combobox', { name: 'Unit: Work that may be lost at most (RPO)' }).click()
  await page.getByRole('option', { name: 'hours' }).click()
  await expect.poll(() => world.settings.wantedRpoMinutes).toBe(3 * 60)
  await page.getByRole('switch', { name: /Keep running in the tray/ }).press('Space')
  await expect.poll(() => world.settings.keepInTray).toBe(!firstSettings.keepInTray)
  await page.getByText('Dark', { exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.getByText('中文', { exact: true }).last().click()
  await expect(page.getByRole('heading', { level: 1, name: '设置' })).toBeVisible()
  await expectAccessible(page)
})

test('a setting that the engine refuses is taken back, and said', async ({ page }) => {
  await openFake(page, busyWorld(), {
    changeSettings: async () => {
      throw new Failure('no-space', 'ENOSPC')
    },
  })
  await page.getByRole('button', { name: 'Use dark colours' }).click()
  await expect(page.getByText('There is no space left where this writes.').last()).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light')
})
