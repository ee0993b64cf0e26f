import { expect, type Page } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { openFake } from './console/fake-engine.ts'
import { branchedWorld } from './console/lineage-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { machine, machineId, now, snapshot } from './console/worlds.ts'

const runId = 'e'.repeat(32)

function show(page: Page): Promise<unknown> {
  return page.evaluate((id) => {
    location.hash = `#/machine/${id}`
  }, machineId(1))
}

test('a snapshot is taken with or without memory, and never under a name that is taken', async ({ page }) => {
  const asked: Argument<'createSnapshot'>[] = []
  await openFake(page, branchedWorld(), {
    createSnapshot: async (argument) => {
      asked.push(argument)
      return { runId }
    },
  })
  await show(page)
  await page.getByRole('button', { name: 'Take snapshot…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('base')
  await expect(dialog.getByText('There is a snapshot of this name already.')).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.type(' 2')
  await dialog.getByLabel('Description').fill('Why not')
  await dialog.getByRole('radio', { name: 'Disks only' }).check()
  await dialog.getByRole('button', { name: 'Take snapshot' }).click()
  await expect(page).toHaveURL(/#\/activity/)
  expect(asked).toEqual([{ machineId: machineId(1), name: 'base 2', description: 'Why not', memory: false }])
})

test('a machine that is off has no memory to keep', async ({ page }) => {
  const asked: Argument<'createSnapshot'>[] = []
  await openFake(
    page,
    { ...branchedWorld(), machines: [machine(1, 'web-01', 'off')] },
    {
      createSnapshot: async (argument) => {
        asked.push(argument)
        return { runId }
      },
    },
  )
  await show(page)
  await page.getByRole('button', { name: 'Take snapshot…' }).click()
  await expect(page.getByRole('dialog')).toContainText('The machine is off, so its disks are all there is.')
  await page.keyboard.type('off')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/activity/)
  expect(asked).toEqual([{ machineId: machineId(1), name: 'off', memory: false }])
})

test('nothing is reverted or deleted before its name is typed, and a backup first is one click away', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const asked: unknown[] = []
  await openFake(page, branchedWorld(), {
    revertSnapshot: async (argument) => {
      asked.push(argument)
      return { runId }
    },
    deleteSnapshot: async (argument) => {
      asked.push(argument)
      return { runId }
    },
  })
  await show(page)
  await page.getByRole('grid', { name: 'Lineage' }).getByText('base').click()
  await page.getByRole('button', { name: 'Revert…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Everything that web-01 wrote since')
  await expect(dialog).toContainText('What came after that is in no backup.')
  await expect(dialog).toContainText('goes on running from the state kept in memory')
  const revert = dialog.getByRole('button', { name: 'Revert and lose what came since' })
  await expect(dialog.getByLabel('Type the machine’s name to confirm')).toBeFocused()
  await page.keyboard.type('web-0')
  await page.keyboard.press('Enter')
  await expect(revert).toBeDisabled()
  expect(asked).toEqual([])
  await dialog.getByRole('button', { name: 'Back up first…' }).click()
  await expect(page.getByRole('dialog')).toContainText('web-01')
  await expect(revert).toBeHidden()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Revert…' }).click()
  await page.keyboard.type('web-01')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/activity/)

  await page.goBack()
  await page.getByRole('grid', { name: 'Lineage' }).getByText('base').click()
  await page.getByRole('grid', { name: 'Lineage' }).focus()
  await page.keyboard.press('Delete')
  await expect(page.getByLabel('Type the snapshot’s name to confirm')).toBeFocused()
  await page.keyboard.type('base')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/activity/)
  const wanted = { machineId: machineId(1), name: 'base' }
  expect(asked).toEqual([wanted, wanted])
})

test('why no snapshot can be taken stands where the button would be', async ({ page }) => {
  const machines = [machine(1, 'web-01', 'running', { snapshotRefusal: 'firmware', deepChain: 42 })]
  await openFake(page, { ...branchedWorld(), machines })
  await show(page)
  await expect(page.getByText(/^No snapshot can be taken: The machine’s UEFI firmware/)).toBeVisible()
  await expect(page.getByText(/^42 images lie on top of each other/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take snapshot…' })).toBeHidden()
})

test('hostile names and descriptions of snapshots are shown as text, and nothing runs', async ({ page }) => {
  const hostile = [
    '<img src=x onerror="globalThis.pwned=1">',
    'photo\u202Egpj.exe',
    'line\nbreak\u0000nul',
    '{{constructor}} $t(nav.hosts)',
    'wide '.repeat(60),
  ]
  const snapshots = hostile.map((name, at) =>
    snapshot(name, at + 1, { description: name, parent: hostile[at + 1] ?? 'nobody', depth: 5 - at }),
  )
  await openFake(page, { ...branchedWorld(), machines: [machine(1, 'web-01', 'running', { snapshots })], turns: {} })
  await show(page)
  const list = page.getByRole('grid', { name: 'Lineage' })
  const details = page.getByRole('region', { name: 'Details' })
  for (const shown of [hostile[0], 'photo⟦U+202E⟧gpj.exe', 'line⟦U+000A⟧break⟦U+0000⟧nul', hostile[3], 'wide wide']) {
    await list
      .getByTitle(shown ?? '')
      .first()
      .click()
    await expect(details.getByRole('heading', { level: 3 })).toContainText(shown ?? '')
    await details.getByRole('button', { name: 'Delete…' }).click()
    await expect(page.getByRole('dialog')).toContainText(shown ?? '')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  await expectAccessible(page)
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  expect(await page.locator('img').count()).toBe(0)
})
