import { expect } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { openFake } from './console/fake-engine.ts'
import { bucketId, bucketName, runId, trustEngine, trustWorld } from './console/trust-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { now, repositoryId } from './console/worlds.ts'

test('a point is labelled, and deleted by the keyboard only after its machine’s name was typed, with the way back shown', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const world = trustWorld()
  const { asked, played } = trustEngine(world)
  const [point] = world.points
  if (point === undefined) throw new Error('The world has no point')
  await openFake(page, world, played)
  await page.goto(`${page.url().split('#')[0]}#/machine/${point.machineId}/${point.id}`)
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details).toContainText(bucketName)
  await expect(details).toContainText('Cannot be deleted before')
  await details.getByLabel('Labels').fill('before upgrade')
  await details.getByLabel('Labels').press('Enter')
  await expectAccessible(page)
  await details.getByRole('button', { name: 'Save labels' }).click()
  await expect(details.getByRole('button', { name: 'Save labels' })).toHaveCount(0)

  await page.getByRole('grid', { name: 'Lineage' }).press('Delete')
  const dialog = page.getByRole('dialog', { name: /^Delete the point of/ })
  const remove = dialog.getByRole('button', { name: 'Delete', exact: true })
  await expect(remove).toBeDisabled()
  await expect(dialog.getByRole('checkbox', { name: '/mnt/backup/stillpoint' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: bucketName })).not.toBeChecked()
  await expectAccessible(page)
  await dialog.getByLabel('Type the machine’s name to confirm').fill(point.machineName)
  await remove.click()
  const trashed = page.getByRole('dialog', { name: 'The point is in the trash' })
  await expect(trashed).toContainText('It can be brought back until Nov 29, 2026')
  await trashed.getByRole('button', { name: 'Bring back' }).click()
  await expect(trashed).toBeHidden()
  expect(asked).toEqual([
    ['labelPoint', { pointId: point.id, labels: ['audit', 'before upgrade'] }],
    ['deletePoints', { repositoryId, pointIds: [point.id] }],
    ['recoverPoints', { repositoryId, pointIds: [point.id] }],
  ])
})

test('a policy copies, checks and deletes as the wizard says, and its retention is run after what goes was seen', async ({
  page,
}) => {
  const world = trustWorld()
  const { asked, played } = trustEngine(world)
  const saved: Argument<'savePolicy'>[] = []
  await openFake(page, world, {
    ...played,
    planBackup: async () => ({ machines: [] }),
    savePolicy: async (argument) => {
      saved.push(argument)
      return { policyId: argument.policyId ?? '' }
    },
  })
  await page.goto(`${page.url().split('#')[0]}#/policy/${'1'.repeat(32)}`)
  await page.getByRole('button', { name: 'Edit…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Change the policy Nightly' })
  await wizard.getByRole('button', { name: /Where$/ }).click()
  await wizard.getByRole('checkbox', { name: bucketName }).check()
  await wizard.getByRole('switch', { name: 'Read the data back and compare it' }).check()
  await wizard.getByRole('button', { name: /How long$/ }).click()
  await wizard.getByRole('switch', { name: 'Delete what is not kept' }).check()
  await wizard.getByLabel('Labels').fill('audit')
  await wizard.getByLabel('Labels').press('Enter')
  await wizard.getByRole('button', { name: /Summary$/ }).click()
  await expect(wizard).toContainText(`Copied to ${bucketName}`)
  await expect(wizard).toContainText('points labelled audit stay too')
  await expect(wizard).toContainText('Points that are not kept are deleted.')
  await expectAccessible(page)
  await wizard.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(wizard).toBeHidden()
  expect(saved[0]?.wish).toMatchObject({
    copies: [bucketId],
    verifyEveryDays: 30,
    enact: true,
    retention: { labels: ['audit'] },
  })

  await page.getByRole('button', { name: 'Run retention now…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run the retention of Nightly now' })
  await expect(dialog).toContainText('2 points of 3 have no reason to stay')
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'To the trash' }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  expect(asked).toEqual([['startRetention', { policyId: '1'.repeat(32) }]])
})

test('the catalog is rebuilt, with settings from a repository when one is named', async ({ page }) => {
  const world = trustWorld()
  const { asked, played } = trustEngine(world)
  await openFake(page, world, played)
  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Rebuild the catalog…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rebuild the catalog' })
  await dialog.getByRole('combobox', { name: 'Bring back settings and policies from' }).click()
  await page.getByRole('option', { name: bucketName }).click()
  await dialog.getByRole('button', { name: 'Rebuild', exact: true }).click()
  await expect(page.getByText('Read again: points 42, repositories 2, policies 3.')).toBeVisible()
  expect(asked).toEqual([['rebuildCatalog', { restoreFrom: bucketId }]])
})

test('what upkeep came to is told in words: copies by where they went, a failed mend by what stays', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const world = trustWorld()
  await openFake(page, world, trustEngine(world).played)
  const pane = page.getByRole('complementary')
  const show = async (number: number): Promise<void> => {
    await page.goto(`${page.url().split('#')[0]}#/activity/${String(number).padStart(32, 'f')}`)
  }
  await show(81)
  await expect(pane.getByRole('heading')).toContainText('Check locks')
  await expect(pane).toContainText('Not locked')
  await show(82)
  await expect(pane.getByRole('heading')).toContainText(`/mnt/backup/stillpoint → ${bucketName}`)
  await expect(pane).toContainText('Points copied')
  await show(83)
  await expect(pane.getByRole('heading')).toContainText('Retention Nightly')
  await expect(pane).toContainText('Points moved to the trash')
  await show(84)
  await expect(pane).toContainText('another one took its place in the repository')
  await expect(pane).toContainText('What was mended before that stays mended')
})
