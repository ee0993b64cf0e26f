import path from 'node:path'
import { expect } from '@playwright/test'
import { test } from './console/real-console.ts'
import { addImages, backUp, goToSection, setUp, writeImage } from './console/real-steps.ts'

/** What only the console in a browser has: its link, its process apart from the window, and what the window does without it. */

test('a reload stays in, a second use of the link does not', async ({ openConsole }) => {
  const { page, scratch, link = '' } = await openConsole()
  await addImages(page, scratch)
  await goToSection(page, 'Hosts')
  await expect(page.getByRole('main')).toContainText(scratch)
  await page.reload()
  await expect(page.getByRole('main')).toContainText(scratch)

  const again = await page.context().newPage()
  await again.goto(link)
  await expect(again.getByRole('alert')).toContainText('This link was already used')
  await expect(again.getByText(scratch)).toHaveCount(0)
  await again.close()
})

test('names of real files are shown as text, run nothing, and can be backed up', async ({ openConsole }) => {
  const { page, scratch } = await openConsole()
  const images = path.join(scratch, 'images')
  await writeImage(path.join(images, '<img src=x onerror=globalThis.pwned=1>.raw'), 16)
  await writeImage(path.join(images, 'photo\u202Egpj.raw'), 16)
  await setUp(page, scratch)
  await goToSection(page, 'Machines')
  await expect(page.getByRole('link', { name: '<img src=x onerror=globalThis.pwned=1>' })).toBeVisible()
  const card = await backUp(page, 'photo⟦U+202E⟧gpj')
  await expect(card.getByText('Done', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
})

test('a console that dies is told in the window, and what was shown stays', async ({ openConsole }) => {
  const { page, scratch, kill } = await openConsole()
  await addImages(page, scratch)
  await goToSection(page, 'Machines')
  await kill()
  await expect(page.getByRole('contentinfo').getByRole('status')).toHaveText(
    'The connection to the engine is lost. Trying again…',
    { timeout: 2000 },
  )
  await goToSection(page, 'Hosts')
  await expect(page.getByRole('main')).toContainText(scratch)
  await page.getByRole('button', { name: 'Make a sample machine…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('The engine stopped while it was working.')
})
