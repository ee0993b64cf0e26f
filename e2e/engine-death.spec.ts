import { mkdir, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@playwright/test'
import { test } from './console/real-console.ts'
import { backUp, goToSection, setUp, showMachine, writeImage } from './console/real-steps.ts'

const program = path.join(import.meta.dirname, 'console', 'mortal-headless.ts')

test('the engine dies in the middle of a run: the window says so within two seconds and goes on by itself', async ({
  openConsole,
}) => {
  const { page, scratch } = await openConsole({ program })
  await writeImage(path.join(scratch, 'images', 'big.raw'), 512)
  await setUp(page, scratch)
  const card = await backUp(page, 'big')
  await expect(card.getByRole('progressbar')).toBeVisible()
  await expect(card.getByRole('progressbar')).not.toHaveAttribute('aria-valuenow', '0')
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))

  const die = path.join(scratch, 'home', 'die')
  await mkdir(die)
  await expect(page.getByRole('contentinfo').getByRole('status')).toContainText('The engine stopped', { timeout: 2000 })
  await expect(card).toContainText('The engine stopped and starts again.')
  await rmdir(die)

  await test.step('what became of the run is told as soon as it is known', async () => {
    await expect(card.getByText('Failed', { exact: true })).toBeVisible()
    await expect(card).toContainText('The engine stopped while it was working.')
    await card.getByRole('link').click()
    const pane = page.getByRole('complementary', { name: 'Backup big' })
    await expect(pane).toContainText('No point was made. This machine has no point yet.')
    await expect(page.getByRole('contentinfo')).toContainText('Nothing is running')
  })
  await test.step('everything works again, on the page that was open', async () => {
    const again = await backUp(page, 'big')
    await expect(again.getByText('Done', { exact: true })).toBeVisible()
    await showMachine(page, 'big')
    await expect(page.getByRole('grid', { name: 'Lineage' }).getByRole('row')).toHaveCount(3)
    await goToSection(page, 'Repositories')
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
  })
})
