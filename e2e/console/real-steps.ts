import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { MiB } from '../../shared/units.ts'

/** What people do in the real console, one step each, by what they see. */
export const passphrase = 'correct horse battery staple'

/** Random bytes: nothing to deduplicate and nothing to compress, so that a run takes its time. Overwrites what is there. */
export async function writeImage(file: string, sizeMiB: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await using image = await open(file, 'w')
  for (let written = 0; written < sizeMiB; written += 16) await image.writeFile(randomBytes(16 * MiB))
}

/** From the first run's own step. */
export async function addImages(page: Page, folder: string): Promise<void> {
  const other = page.getByRole('region', { name: 'Somewhere else' })
  await other.getByLabel('Folder of disk images', { exact: true }).fill(folder)
  await other.getByRole('button', { name: 'Add host' }).click()
}

/** From the first run's own step; answers the recovery words that it showed. */
export async function createRepository(page: Page, folder: string): Promise<string> {
  await page.getByLabel('Folder of the repository', { exact: true }).fill(folder)
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await page.getByLabel('Passphrase again').fill(passphrase)
  await page.getByRole('button', { name: 'Create repository' }).click()
  const sheet = page.getByRole('dialog', { name: 'Write down these recovery words' })
  const words = sheet.getByRole('list', { name: 'Recovery words' }).getByRole('listitem')
  await expect(words).toHaveCount(24)
  const kept = await words.allInnerTexts()
  await expect(sheet.getByRole('button', { name: 'Done' })).toBeDisabled()
  await sheet.getByLabel('I have printed or written them down').check()
  await sheet.getByRole('button', { name: 'Done' }).click()
  await expect(sheet).toBeHidden()
  return kept.join(' ')
}

/** A console with one folder of images and a repository, both new. */
export async function setUp(page: Page, scratch: string): Promise<void> {
  await addImages(page, path.join(scratch, 'images'))
  await createRepository(page, path.join(scratch, 'repository'))
}

export async function goToSection(page: Page, name: 'Machines' | 'Activity' | 'Hosts' | 'Repositories'): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
}

export async function showMachine(page: Page, name: string): Promise<void> {
  await goToSection(page, 'Machines')
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
}

/** Starts a backup from the machine's screen; answers its card in the list of runs. */
export async function backUp(page: Page, name: string): Promise<Locator> {
  await showMachine(page, name)
  await page.getByRole('button', { name: 'Back up now…' }).first().click()
  const dialog = page.getByRole('dialog', { name: `Back up ${name}` })
  await dialog.getByRole('button', { name: 'Back up now', exact: true }).click()
  await expect(dialog).toBeHidden()
  return showRun(page, `Backup ${name}`)
}

/** The newest run of this name, in the list of runs. */
export async function showRun(page: Page, name: string): Promise<Locator> {
  await goToSection(page, 'Activity')
  const card = page.getByRole('article', { name, exact: true }).first()
  await expect(card).toBeVisible()
  return card
}

/** Opens the restore of the machine's newest point, from the machine's own screen. */
export async function openRestore(page: Page, name: string): Promise<Locator> {
  await showMachine(page, name)
  await page.getByRole('slider', { name: 'Moment to go back to' }).focus()
  await page.keyboard.press('End')
  await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'Restore…' }).click()
  const wizard = page.getByRole('dialog', { name: `Restore ${name}` })
  await expect(wizard).toBeVisible()
  return wizard
}

export async function goToStep(wizard: Locator, name: 'Where' | 'Plan'): Promise<void> {
  await wizard
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(`${name}$`) })
    .click()
  await expect(wizard.getByRole('heading', { name })).toBeVisible()
}

/** Restores the machine's newest point into `folder` as raw files and waits until it says that they are written. */
export async function restoreImages(page: Page, name: string, folder: string): Promise<void> {
  const wizard = await openRestore(page, name)
  await goToStep(wizard, 'Where')
  await wizard.getByRole('radio', { name: 'As image files' }).check()
  await wizard.getByLabel('Folder for the image files', { exact: true }).fill(folder)
  await wizard.getByLabel('Format', { exact: true }).click()
  await page.getByRole('option', { name: 'raw', exact: true }).click()
  await goToStep(wizard, 'Plan')
  await wizard.getByRole('button', { name: 'Restore', exact: true }).click()
  const progress = page.getByRole('dialog', { name: `Restore ${name}` })
  await expect(progress.getByText('The image files are written.')).toBeVisible()
  await progress.getByRole('button', { name: 'Close' }).last().click()
  await expect(progress).toBeHidden()
}
