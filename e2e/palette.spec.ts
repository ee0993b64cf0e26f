import { expect } from '@playwright/test'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { busyWorld, manyWorld, now } from './console/worlds.ts'

test.beforeEach(({ page }) => page.clock.setFixedTime(now))

test('a point is found by its machine and its date, by the keyboard alone', async ({ page }) => {
  const world = busyWorld()
  await openFake(page, world)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search and commands' })
  await expect(field).toBeFocused()
  await expectAccessible(page)
  await page.keyboard.type('2026-11-21 mail')
  const options = page.getByRole('option')
  // The second leads to the search for files of that name.
  await expect(options).toHaveCount(2)
  await expect(options.first()).toHaveAttribute('aria-selected', 'true')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  const mail = world.machines.find(({ name }) => name === 'mail-01')
  const point = world.points.filter(({ machineId }) => machineId === mail?.id)[1]
  await expect(page).toHaveURL(new RegExp(`#/machine/${mail?.id}/${point?.id}$`))
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByText('Means the point of Nov 21, 2026, 12:30:00')).toBeVisible()
})

test('arrows choose, Escape closes and gives the focus back, commands open their dialogs', async ({ page }) => {
  await openFake(page, busyWorld(), { planBackup: async () => ({ machines: [] }) })
  const button = page.getByRole('button', { name: 'Search and commands' })
  await button.click()
  const field = page.getByRole('combobox', { name: 'Search and commands' })
  await field.fill('machines')
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Escape')
  await expect(field).toHaveCount(0)
  await expect(button).toBeFocused()

  await page.keyboard.press('Control+k')
  await field.fill('back up web')
  await expect(page.getByRole('option').first()).toContainText('Back up web-01 now…')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: /web-01/ })).toBeVisible()
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+k')
  await field.fill('mail')
  const first = await field.getAttribute('aria-activedescendant')
  await page.keyboard.press('ArrowDown')
  await expect(field).not.toHaveAttribute('aria-activedescendant', first ?? '')
  await field.fill('中文')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '概览' })).toBeVisible()
})

test('of ten thousand points only those in view are drawn, and the last can be reached', async ({ page }) => {
  await openFake(page, manyWorld(1000, 10))
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search and commands' })
  await expect(field).toBeFocused()
  await page.keyboard.type('20')
  await expect(page.getByText(/^\d{4,} found$/)).toBeVisible()
  expect(await page.getByRole('option').count()).toBeLessThan(60)
  const total = Number(await page.getByRole('option').first().getAttribute('aria-setsize'))
  for (let pressed = 0; pressed < 60; pressed++) await page.keyboard.press('PageDown')
  await expect(page.locator('[role="option"][aria-selected="true"]')).toHaveAttribute('aria-posinset', String(601))
  expect(total).toBeGreaterThan(9000)
})
