import path from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { test } from './console/real-console.ts'
import { backUp, createRepository, goToSection, setUp, showMachine, showRun, writeImage } from './console/real-steps.ts'
import { expectAccessible } from './console/watched-page.ts'

/** What makes repositories trusted, with a real engine and real files: nothing here is played. */

const newPassphrase = 'another horse altogether'

/** The pane of the repository in that folder, on the tab of that name. */
async function openPane(page: Page, folder: string, tab: string): Promise<Locator> {
  await goToSection(page, 'Repositories')
  await page.getByRole('button', { name: folder, exact: true }).click()
  const pane = page.getByRole('complementary', { name: folder, exact: true })
  await pane.getByRole('tab', { name: tab }).click()
  return pane
}

async function createAnother(page: Page, folder: string): Promise<void> {
  await goToSection(page, 'Repositories')
  await page.getByRole('button', { name: 'Create repository…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a repository' })
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(folder)
  await dialog.getByLabel('Passphrase', { exact: true }).fill(newPassphrase)
  await dialog.getByLabel('Passphrase again').fill(newPassphrase)
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByLabel('I have printed or written them down').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(page.getByRole('button', { name: folder, exact: true })).toBeVisible()
}

async function backUpTwice(page: Page, scratch: string, name: string): Promise<void> {
  const image = path.join(scratch, 'images', `${name}.raw`)
  for (let number = 0; number < 2; number++) {
    if (number > 0) await writeImage(image, 16)
    await expect((await backUp(page, name)).getByText('Done', { exact: true })).toBeVisible()
  }
}

test('a point is labelled, pinned, deleted and brought back; copies are counted; a clean-up reports', async ({
  openConsole,
}) => {
  const { page, scratch } = await openConsole()
  const [folder, second] = [path.join(scratch, 'repository'), path.join(scratch, 'second')]
  await writeImage(path.join(scratch, 'images', 'shop.raw'), 16)
  await setUp(page, scratch)
  await backUpTwice(page, scratch, 'shop')

  await showMachine(page, 'shop')
  const lineage = page.getByRole('grid', { name: 'Lineage' })
  const details = page.getByRole('region', { name: 'Details' })
  await lineage.focus()
  await lineage.press('End')
  await details.getByLabel('Labels').fill('before upgrade')
  await details.getByLabel('Labels').press('Enter')
  await details.getByRole('button', { name: 'Save labels' }).click()
  await expect(details.getByRole('button', { name: 'Save labels' })).toHaveCount(0)
  await details.getByRole('button', { name: 'Pin', exact: true }).click()
  await expect(details.getByRole('button', { name: 'Delete…' })).toBeDisabled()
  await page.reload()
  await lineage.focus()
  await lineage.press('End')
  await expect(details.getByText('before upgrade')).toBeVisible()
  await details.getByRole('button', { name: 'Unpin' }).click()
  await expect(details.getByRole('button', { name: 'Delete…' })).toBeEnabled()
  await details.getByRole('button', { name: 'Delete…' }).click()
  const deleting = page.getByRole('dialog', { name: /^Delete the point of/ })
  await deleting.getByLabel('Type the machine’s name to confirm').fill('shop')
  await deleting.getByRole('button', { name: 'Delete', exact: true }).click()
  const trashed = page.getByRole('dialog', { name: 'The point is in the trash' })
  await trashed.getByRole('button', { name: 'Close' }).last().click()

  const upkeep = await openPane(page, folder, 'Upkeep')
  const trash = upkeep.getByRole('region', { name: 'Trash' })
  await expect(trash.getByRole('listitem')).toHaveCount(1)
  await expect(trash).toContainText('Deleted by a person · can be brought back until')
  await expectAccessible(page)
  await trash.getByRole('button', { name: /^Bring back shop/ }).click()
  await expect(trash).toContainText('Nothing is in the trash.')
  await upkeep.getByRole('button', { name: 'Clean up now' }).click()
  const run = page.getByRole('complementary')
  await expect(run.getByRole('heading').first()).toContainText('Clean up')
  await expect(run.getByText('Done', { exact: true })).toBeVisible()
  await expect(run).toContainText('Cleaned up')
  await expectAccessible(page)

  await createAnother(page, second)
  const copies = await openPane(page, folder, 'Copies')
  await copies.getByRole('button', { name: `Copy now to ${second}` }).click()
  const copying = page.getByRole('dialog', { name: `Copy to ${second}` })
  await expect(copying).toContainText('2 points are not there yet.')
  await copying.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(run.getByText('Done', { exact: true })).toBeVisible()
  const counted = await openPane(page, folder, 'Copies')
  await expect(counted.getByRole('listitem').filter({ hasText: second })).toContainText('Holds 2 of these 2 points')
  await expect(counted.getByRole('region', { name: 'The 3-2-1 rule' })).toContainText('3 (wanted: 3)')
  await expectAccessible(page)
})

test('the passphrase is changed, and another console opens the repository with the new words and with the key file', async ({
  openConsole,
}) => {
  const { page, scratch } = await openConsole()
  const folder = path.join(scratch, 'repository')
  await page.getByRole('button', { name: /Choose where backups go/ }).click()
  const firstWords = await createRepository(page, folder)
  const keys = await openPane(page, folder, 'Keys')
  await expect(keys.getByRole('row')).toHaveCount(3)

  await keys.getByRole('button', { name: 'Change passphrase…' }).click()
  const changing = page.getByRole('dialog', { name: 'Change passphrase' })
  await changing.getByLabel('Passphrase', { exact: true }).fill(newPassphrase)
  await changing.getByLabel('Passphrase again').fill(newPassphrase)
  await changing.getByRole('button', { name: 'Save' }).click()
  await expect(changing).toBeHidden()
  await keys.getByRole('button', { name: 'New recovery words…' }).click()
  await page.getByRole('button', { name: 'Make new words' }).click()
  const listed = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem')
  await expect(listed).toHaveCount(24)
  const newWords = (await listed.allInnerTexts()).join(' ')
  await page.getByLabel('I have printed or written them down').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await keys.getByRole('button', { name: 'Recovery key file…' }).click()
  await page.getByRole('button', { name: 'Make the key file' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const keyFile = path.join(scratch, 'key.txt')
  await (await download).saveAs(keyFile)
  await page.getByLabel('I have stored the file in a safe place').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(keys.getByRole('row')).toHaveCount(4)
  await expectAccessible(page)

  const other = await openConsole()
  const opening = await openWith(other.page, folder, 'Recovery words', firstWords)
  await expect(opening.getByRole('alert')).toContainText('opens')
  await opening.getByRole('textbox', { name: 'Recovery words' }).fill(newWords)
  await opening.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(opening).toBeHidden()

  await removeFromList(other.page, folder)
  const again = await openDialog(other.page, folder)
  await again.getByText('Key file', { exact: true }).click()
  const chooser = other.page.waitForEvent('filechooser')
  await again.getByRole('button', { name: 'Choose file…' }).click()
  await (await chooser).setFiles(keyFile)
  await again.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(again).toBeHidden()
  await expect(other.page.getByRole('row').filter({ hasText: folder })).toContainText('Open')
})

async function openDialog(page: Page, folder: string): Promise<Locator> {
  await goToSection(page, 'Repositories')
  await page.getByRole('button', { name: 'Open repository…' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Open a repository' })
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(folder)
  return dialog
}

async function openWith(page: Page, folder: string, way: string, secret: string): Promise<Locator> {
  const dialog = await openDialog(page, folder)
  await dialog.getByText(way, { exact: true }).click()
  await dialog.getByRole('textbox', { name: way }).fill(secret)
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  return dialog
}

async function removeFromList(page: Page, folder: string): Promise<void> {
  const pane = await openPane(page, folder, 'Keys')
  await pane.getByRole('button', { name: 'Remove…' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('textbox').fill(folder)
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(dialog).toBeHidden()
}

test('a policy of the wizard copies by itself after its run, shows what its retention deletes, and outlives the catalog', async ({
  openConsole,
}) => {
  const { page, scratch } = await openConsole()
  const second = path.join(scratch, 'second')
  await writeImage(path.join(scratch, 'images', 'shop.raw'), 16)
  await setUp(page, scratch)
  await createAnother(page, second)
  await showMachine(page, 'shop')
  await page.goto(`${page.url().split('#')[0]}#/policies`)
  await page.getByRole('button', { name: 'Create policy…' }).first().click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('checkbox', { name: 'shop' }).check()
  await wizard.getByRole('button', { name: /Where$/ }).click()
  await wizard.getByRole('radio', { name: path.join(scratch, 'repository') }).check()
  await wizard.getByRole('checkbox', { name: second }).check()
  await expect(wizard.getByRole('switch', { name: 'Read the data back and compare it' })).toBeChecked()
  await wizard.getByRole('button', { name: /How long$/ }).click()
  await expect(wizard.getByRole('switch', { name: 'Delete what is not kept' })).toBeChecked()
  await wizard.getByRole('button', { name: /Summary$/ }).click()
  await wizard.getByRole('textbox', { name: 'Name of the policy' }).fill('Shops')
  await expect(wizard).toContainText(`Copied to ${second}`)
  await expectAccessible(page)
  await wizard.getByRole('button', { name: 'Save and run now' }).click()
  await expect(wizard).toBeHidden()
  const copied = await showRun(page, 'Copy points shop')
  await expect(copied.getByText('Done', { exact: true })).toBeVisible()

  await page.goto(`${page.url().split('#')[0]}#/policies`)
  await page.getByRole('link', { name: 'Shops', exact: true }).click()
  await page.getByRole('button', { name: 'Run retention now…' }).click()
  const retention = page.getByRole('dialog', { name: 'Run the retention of Shops now' })
  await expect(retention).toContainText('Every point has a reason to stay: nothing would be deleted.')
  await expect(retention.getByRole('button', { name: 'To the trash' })).toBeDisabled()
  await retention.getByRole('button', { name: 'Cancel' }).click()

  await page.goto(`${page.url().split('#')[0]}#/settings`)
  await page.getByRole('button', { name: 'Rebuild the catalog…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Rebuild', exact: true }).click()
  await expect(page.getByText('Read again: points 1, repositories 2, policies 1.')).toBeVisible()
  await showMachine(page, 'shop')
  const lineage = page.getByRole('grid', { name: 'Lineage' })
  await lineage.focus()
  await lineage.press('End')
  await expect(page.getByRole('region', { name: 'Details' })).toContainText(second)
})
