import { expect, type Page } from '@playwright/test'
import { texts } from '../renderer/text/texts.ts'
import { openFake } from './console/fake-engine.ts'
import { dotPng, filesWorld, restored } from './console/files-world.ts'
import { expectAccessible, type Look, lookLike, looks, test } from './console/watched-page.ts'
import { machineId, now, pointId } from './console/worlds.ts'

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string, { language, theme }: Look): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${language}-${theme}.png` })
}

for (const each of looks) {
  test(`the file manager is accessible in every state (${each.language}-${each.theme})`, async ({ page }) => {
    const words = texts[each.language].files
    const home = `#/files/${machineId(1)}/${pointId(2)}/vda%2F2/home`
    await page.clock.setFixedTime(now)
    await lookLike(page, each)
    const { world, played } = filesWorld()
    const emit = await openFake(page, world, played)
    await page.route('**/files/ticket*', (route) => route.fulfill({ contentType: 'image/png', body: dotPng }))
    const show = (hash: string): Promise<void> =>
      page.evaluate((fragment) => {
        location.hash = fragment
      }, hash)
    const row = (name: string) => page.locator('.row-grid-row').filter({ hasText: name })

    await show('#/files')
    await page.getByRole('textbox', { name: words.searchField }).fill('o')
    await expect(row('report.md')).toBeVisible()
    await look(page, 'files-start', each)

    await show(home)
    await row('report.md').click()
    await expect(page.getByText('Revenue: 1,024')).toBeVisible()
    await row('report.md').getByRole('checkbox').click()
    await row('big.log').getByRole('checkbox').click()
    await look(page, 'files-folder', each)
    await page.getByRole('button', { name: words.shelve }).click()
    emit('run', restored('folder'))
    await row('report.md').click()
    await page.getByRole('tab', { name: words.properties }).click()
    await expect(page.getByText('Zone.Identifier')).toBeVisible()
    await page.getByRole('tab', { name: words.versions }).click()
    await expect(page.getByText(words.thisVersion)).toBeVisible()
    await look(page, 'files-versions', each)
    await page.getByRole('tab', { name: words.targets }).click()
    await page.getByRole('button', { name: words.targetHere }).click()
    await expect(page.locator('.shelf-run')).toContainText('5 MiB')
    await look(page, 'files-targets', each)
    await page.getByRole('button', { name: words.toMachine }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, 'files-machine', each)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await show(home.replace('home', 'nowhere'))
    await expect(page.getByRole('alert')).toBeVisible()
    await look(page, 'files-not-found', each)
    await show(`${home}?against=${pointId(0)}`)
    await expect(row('/home/notes.txt')).toBeVisible()
    await look(page, 'files-diff', each)
    await show(`#/activity/${restored('folder').id}`)
    await expect(page.getByText(/\/dev\/null/)).toBeVisible()
    await look(page, 'files-run', each)
    await page.setViewportSize({ width: 820, height: 640 })
    await show(home)
    await expect(row('report.md')).toBeVisible()
    await look(page, 'files-narrow', each)
  })
}
