import { expect, type Locator, type Page } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import type { Emit } from '../shared/wire.ts'
import { openFake, type World } from './console/fake-engine.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { busyWorld, machineId, manyWorld, now } from './console/worlds.ts'

type Saved = Argument<'savePolicy'>

/** Opens the table; what is saved of policies takes effect, as it would. */
async function openMachines(page: Page, world: World, saved: Saved[] = []): Promise<Emit> {
  await page.clock.setFixedTime(now)
  const emit = await openFake(page, world, {
    savePolicy: async (argument) => {
      saved.push(argument)
      world.policies = world.policies.map((policy) =>
        policy.id === argument.policyId ? { ...policy, ...argument.wish } : policy,
      )
      return { policyId: argument.policyId ?? '9'.repeat(32) }
    },
  })
  await page.evaluate(() => {
    location.hash = '#/machines'
  })
  await expect(page.getByRole('grid', { name: 'Machines' })).toBeVisible()
  return emit
}

function row(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
}

test('a row tells how well its machine is protected and why, and how each of its days went', async ({ page }) => {
  await openMachines(page, busyWorld())
  await expect(row(page, 'mail-01')).toContainText('At risk')
  await expect(row(page, 'mail-01')).toContainText('Its last backup failed.')
  const days = row(page, 'mail-01').getByRole('img', { name: /^6 good|^5 good/ })
  await expect(days).toHaveAttribute('aria-label', '5 good, 1 with a warning, 1 failed, 7 without a backup')
  await expect(row(page, 'mail-01').getByTitle(/Sat, Nov 21: Good\nSun, Nov 22: Failed$/)).toBeVisible()
  await expect(row(page, 'old-crm')).toContainText('On no host')
  await page.getByRole('grid').focus()
  await page.keyboard.press('End')
  await expect(page.getByText('监控-01It has no point yet. No policy backs it up by itself.')).toBeVisible()
})

test('the keyboard alone chooses machines and puts them under a policy', async ({ page }) => {
  const saved: Saved[] = []
  await openMachines(page, busyWorld(), saved)
  const grid = page.getByRole('grid')
  await grid.focus()
  for (const key of ['Home', 'Space', 'ArrowDown', 'ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key)
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('3 selected')).toBeHidden()
  await page.keyboard.press('Control+a')
  await expect(page.getByText('11 selected')).toBeVisible()
  await expect(grid.getByRole('row', { selected: true })).toHaveCount(12)
  await page.getByRole('button', { name: 'Clear selection' }).click()
  await grid.focus()
  for (const key of ['Home', 'Space', 'Shift+F10']) await page.keyboard.press(key)
  await expect(page.getByRole('menuitem', { name: 'Open' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await expect(grid).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menuitem', { name: 'Open' })).toBeFocused()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  await expect(page.getByRole('menuitem', { name: 'Nightly' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('1 machine added to Nightly')).toBeVisible()
  expect(saved.map(({ policyId, wish }) => [policyId, wish.machineIds])).toEqual([
    ['1'.repeat(32), [0, 1, 3, 5, 2].map(machineId)],
  ])
  await grid.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('ad-dc-01')
})

test('chosen machines are dragged onto a policy, and those that are in it already change nothing', async ({ page }) => {
  const saved: Saved[] = []
  await openMachines(page, busyWorld(), saved)
  await row(page, 'web-01').getByRole('checkbox').click()
  await row(page, 'sample').getByRole('checkbox').click()
  const drop = async (from: string, policy: string): Promise<void> => {
    await row(page, from).hover()
    await page.mouse.down()
    await row(page, 'erp-db-01').hover()
    const target = page.locator('.policy-target').filter({ hasText: policy })
    await expect(target).toBeVisible()
    await target.hover()
    await target.hover()
    await page.mouse.up()
    await expect(target).toBeHidden()
  }
  await drop('web-01', 'Build hosts')
  await expect(page.getByText('2 machines added to Build hosts, every noon')).toBeVisible()
  expect(saved.map(({ wish }) => wish.machineIds)).toEqual([[7, 8, 21, 1].map(machineId)])
  await drop('file-01', 'Nightly')
  await expect(page.getByText('All of them are in Nightly already')).toBeVisible()
  expect(saved).toHaveLength(1)
})

test('several machines are backed up and protected at once', async ({ page }) => {
  await openMachines(page, busyWorld())
  for (const name of ['web-01', 'mail-01', 'old-crm']) await row(page, name).getByRole('checkbox').click()
  await expect(page.getByText('2 selected')).toBeVisible()
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Back up now…', exact: true }).click()
  await expect(dialog).toContainText('Back up 2 machines')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Protect…', exact: true }).click()
  await dialog.getByRole('navigation').getByRole('button', { name: 'Machines' }).click()
  for (const name of ['web-01', 'mail-01']) await expect(dialog.getByRole('checkbox', { name })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'file-01' })).not.toBeChecked()
})

test('filters narrow the table, also by policy, and an order stays whatever the engine tells', async ({ page }) => {
  const world = busyWorld()
  const emit = await openMachines(page, world)
  const names = page.getByRole('row').getByRole('link')
  await page.getByLabel('Filter by name, host or policy').fill('nightly')
  await expect(names).toHaveText(['erp-db-01', 'file-01', 'gitlab-01', 'web-01'])
  await page.getByRole('button', { name: 'Size' }).click()
  await page.getByRole('button', { name: 'Size' }).click()
  await expect(names).toHaveText(['gitlab-01', 'file-01', 'web-01', 'erp-db-01'])
  emit('machinesChanged', null)
  emit('pointsChanged', null)
  await expect(names).toHaveText(['gitlab-01', 'file-01', 'web-01', 'erp-db-01'])
  await page.getByLabel('Filter by name, host or policy').fill('')
  await page.getByRole('combobox', { name: 'Protection' }).selectOption('At risk')
  await expect(names).toHaveText(['mail-01'])
  await page.getByRole('combobox', { name: 'Host' }).selectOption('images')
  await expect(page.getByText('No machine fits this filter.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear filter' }).click()
  await expect(names).toHaveCount(12)
})

test('of a thousand machines only those in view are drawn, and every one can be reached', async ({ page }) => {
  await openMachines(page, manyWorld(1000, 10))
  const grid = page.getByRole('grid')
  await expect(grid).toHaveAttribute('aria-rowcount', '1001')
  expect(await grid.getByRole('row').count()).toBeLessThan(60)
  await grid.focus()
  await page.keyboard.press('End')
  await expect(page.getByRole('link', { name: 'node-999' })).toBeInViewport()
  await expect(grid).toHaveAttribute('aria-activedescendant', new RegExp(machineId(999)))
  await page.keyboard.press('Home')
  await expect(page.getByRole('link', { name: 'node-0', exact: true })).toBeInViewport()
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  await expect(page.getByRole('link', { name: 'node-500', exact: true })).toBeVisible()
  await page.getByLabel('Filter by name, host or policy').fill('node-77')
  await expect(page.getByRole('row')).toHaveCount(12)
  await expectAccessible(page)
})
