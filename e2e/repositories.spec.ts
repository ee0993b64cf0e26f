import { expect } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { addressText } from '../shared/repository.ts'
import { GiB } from '../shared/units.ts'
import { openFake } from './console/fake-engine.ts'
import { ledgerPoint, restoreWorld, runId } from './console/restore-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { now, repositoryId, run } from './console/worlds.ts'

test('a repository says how full it is, what it saves, how much is verified, and which points are damaged', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const world = restoreWorld()
  world.repositories = world.repositories.map((each) =>
    each.id === repositoryId
      ? { ...each, readOnly: 'It was written by a newer Stillpoint.', freeBytes: 150 * GiB }
      : each,
  )
  await openFake(page, world)
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  const pane = page.getByRole('complementary', { name: '/mnt/backup/stillpoint' })
  await expect(pane.getByRole('img', { name: /Stored 311 GiB, other files .* free 150 GiB/ })).toBeVisible()
  await expect(pane.getByText('Less than a tenth is free.')).toBeVisible()
  await expect(pane.getByText('540 GiB (5.4 times less)')).toBeVisible()
  await expect(pane.getByText('311 GiB (1.7 times less)')).toBeVisible()
  await expect(pane.getByText(/^\d+ of \d+ points$/)).toBeVisible()
  await expect(pane.getByText('It was written by a newer Stillpoint.')).toBeVisible()
  const damage = pane.getByRole('alert').filter({ hasText: 'Damaged points · 1' })
  await expect(damage.getByRole('link', { name: /ledger-01 · Nov 20, 2026, 14:30:00/ })).toBeVisible()
  await expectAccessible(page)
  await damage.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`#/machine/${ledgerPoint(2).machineId}/${ledgerPoint(2).id}$`))
})

test('a verification is started for all or for one point, and not twice', async ({ page }) => {
  const asked: Argument<'startVerify'>[] = []
  const world = restoreWorld()
  const emit = await openFake(page, world, {
    startVerify: async (argument) => {
      asked.push(argument)
      return { runId }
    },
    showRun: async () => run(1, { id: runId, kind: 'verify', state: 'queued' }),
  })
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: 'Verify one point…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Verify one point' })
  await dialog.getByRole('combobox', { name: 'Machine' }).fill('ledger')
  await page.getByRole('option', { name: 'ledger-01' }).click()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Verify now' }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  await page.goBack()
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect.poll(() => asked).toEqual([{ pointId: ledgerPoint(0).id }, { repositoryId }])
  await page.goBack()
  emit('run', run(1, { id: runId, kind: 'verify', state: 'running', repositoryId }))
  await expect(page.getByText('A verification is under way.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Verify now' })).toHaveCount(0)
})

test('a locked or unreachable repository says why and offers the way in', async ({ page }) => {
  await openFake(page, restoreWorld())
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: '/mnt/offsite' }).click()
  const pane = page.getByRole('complementary')
  await expect(pane.getByRole('alert')).toContainText('The folder /mnt/offsite does not exist')
  await expect(pane.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.getByRole('button', { name: '/mnt/old', exact: true }).click()
  await expect(pane.getByRole('alert')).toContainText('Its key is not on this machine.')
  await expectAccessible(page)
  await pane.getByRole('alert').getByRole('button').click()
  const dialog = page.getByRole('dialog', { name: 'Open a repository' })
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('/mnt/old')
})

test('a repository is forgotten only by somebody who can open it again and typed its folder', async ({ page }) => {
  const world = restoreWorld()
  const removed: string[] = []
  await openFake(page, world, {
    removeRepository: async (argument) => {
      removed.push(argument.repositoryId)
      world.repositories = world.repositories.filter(({ id }) => id !== argument.repositoryId)
      return null
    },
  })
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('complementary').getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog')
  const remove = dialog.getByRole('button', { name: 'Remove', exact: true })
  await expect(dialog).toContainText('Nothing in the repository is changed or deleted.')
  await expectAccessible(page)
  await dialog.getByLabel('Type the address to confirm').fill('/mnt/backup/stillpoint')
  await expect(remove).toBeDisabled()
  await dialog.getByLabel('I have the passphrase or the recovery words').check()
  await dialog.getByLabel('Type the address to confirm').fill('/mnt/backup')
  await expect(remove).toBeDisabled()
  await dialog.getByLabel('Type the address to confirm').fill('/mnt/backup/stillpoint')
  await remove.click()
  await expect(dialog).toBeHidden()
  expect(removed).toEqual([repositoryId])
  await expect(page.getByRole('button', { name: '/mnt/backup/stillpoint' })).toHaveCount(0)
})

test('the folder of a new repository is looked at while it is typed, and one that holds a repository is opened instead', async ({
  page,
}) => {
  await openFake(page, restoreWorld(), {
    testStore: async ({ address }) => ({
      holds:
        addressText(address) === '/mnt/there' ? 'repository' : addressText(address) === '/home' ? 'other' : 'nothing',
      freeBytes: 500 * GiB,
      totalBytes: 1000 * GiB,
    }),
  })
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: 'Create repository…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a repository' })
  const folder = dialog.getByRole('textbox', { name: 'Folder' })
  await dialog.getByLabel('Passphrase', { exact: true }).fill('secret')
  await dialog.getByLabel('Passphrase again').fill('secret')
  await folder.fill('/mnt/new')
  await expect(dialog.getByRole('status')).toContainText('500 GiB of 1,000 GiB free.')
  await folder.fill('/home')
  await expect(dialog.getByRole('status')).toContainText('There are other files in this folder')
  await expectAccessible(page)
  await folder.fill('/mnt/there')
  await expect(dialog.getByRole('status')).toContainText('A repository is there already.')
  await expect(dialog.getByRole('button', { name: 'Create', exact: true })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Open it…' }).click()
  const opening = page.getByRole('dialog', { name: 'Open a repository' })
  await expect(opening.getByRole('textbox', { name: 'Folder' })).toHaveValue('/mnt/there')
})
