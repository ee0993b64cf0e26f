import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { test } from './console/real-console.ts'
import {
  backUp,
  createRepository,
  goToSection,
  goToStep,
  openRestore,
  restoreImages,
  setUp,
  showMachine,
  writeImage,
} from './console/real-steps.ts'
import { expectAccessible } from './console/watched-page.ts'

/** The whole console with a real engine and real files, in Electron and in the browser. Sizes are as small as their promise allows. */

/** Overwrites the machine's disks from the plan of `wizard`, which names `image` among what is lost; answers the progress. */
async function overwrite(page: Page, wizard: Locator, name: string, image: string): Promise<Locator> {
  const start = wizard.getByRole('button', { name: 'Overwrite and restore' })
  await expect(wizard.getByRole('alert').getByRole('listitem').filter({ hasText: image })).toBeVisible()
  await expect(wizard.getByText('The point that is taken first still holds it.')).toBeVisible()
  const typed = wizard.getByLabel('Type the machine’s name to confirm')
  await typed.fill(`${name}?`)
  await expect(start).toBeDisabled()
  await typed.fill(name)
  await start.click()
  const progress = page.getByRole('dialog', { name: `Restore ${name}` })
  await expect(progress.getByText(new RegExp(`^${name} is back at `))).toBeVisible()
  return progress
}

test('from nothing to a restored disk of equal bytes, by the window alone', async ({ openConsole }) => {
  const { page, scratch } = await openConsole()
  const restored = path.join(scratch, 'restored')

  await page.getByRole('button', { name: 'Make a sample machine' }).click()
  await createRepository(page, path.join(scratch, 'repository'))
  await expect(page.getByRole('checkbox')).toBeChecked()
  await page.getByRole('button', { name: 'Back up now', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()

  await goToSection(page, 'Machines')
  const name = await page
    .getByRole('main')
    .getByRole('link', { name: /^sample/ })
    .innerText()
  await showMachine(page, name)
  const disks = page.getByRole('region', { name: 'Disks' }).getByRole('row')
  const source = await disks.last().getByRole('cell').nth(3).innerText()
  await restoreImages(page, name, restored)
  const [made = '', ...others] = await readdir(restored)
  expect(others).toEqual([])
  const [wanted, got] = await Promise.all([readFile(source), readFile(path.join(restored, made))])
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.equals(wanted)).toBe(true)
})

test('a run moves until it is cancelled, and then ends as cancelled and leaves no point', async ({ openConsole }) => {
  const { page, scratch } = await openConsole()
  await writeImage(path.join(scratch, 'images', 'big.raw'), 512)
  await setUp(page, scratch)
  const card = await backUp(page, 'big')
  await expect(card.getByRole('progressbar')).toBeVisible()
  await expect(card.getByRole('progressbar')).not.toHaveAttribute('aria-valuenow', '0')
  await card.getByRole('button', { name: /^Cancel run/ }).click()
  await expect(card.getByText('Cancelled', { exact: true })).toBeVisible()
  await showMachine(page, 'big')
  await expect(page.getByText('This machine has no point yet.')).toBeVisible()
})

test('a paused run stores nothing until it is resumed, and then ends with every byte', async ({ openConsole }) => {
  const { page, scratch } = await openConsole()
  const image = path.join(scratch, 'images', 'big.raw')
  await writeImage(image, 384)
  await setUp(page, scratch)
  const card = await backUp(page, 'big')
  await card.getByRole('button', { name: /^Pause/ }).click()
  await expect(card).toContainText('Paused')
  // What was under way when it was paused may still arrive; then nothing does.
  await expectStill(() => bytesIn(path.join(scratch, 'repository')))
  await expect(card).toContainText('Paused')
  await card.getByRole('button', { name: /^Resume/ }).click()
  await expect(card.getByText('Done', { exact: true })).toBeVisible()
  await restoreImages(page, 'big', path.join(scratch, 'restored'))
  const restored = await readFile(path.join(scratch, 'restored', 'big-big.raw'))
  expect(restored.equals(await readFile(image))).toBe(true)
})

/** Looks until it has seen the same eight times in a row. */
async function expectStill(look: () => Promise<number>): Promise<void> {
  const seen: number[] = []
  const isStill = async (): Promise<boolean> => {
    seen.push(await look())
    const newest = seen.slice(-8)
    return newest.length === 8 && new Set(newest).size === 1
  }
  await expect.poll(isStill, { intervals: [250] }).toBe(true)
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

test('a machine is overwritten with a point once its name is typed, and brought back as it was before', async ({
  openConsole,
}) => {
  const { page, scratch } = await openConsole()
  const image = path.join(scratch, 'images', 'shop.raw')
  await writeImage(image, 32)
  const first = await readFile(image)
  await setUp(page, scratch)
  await expect((await backUp(page, 'shop')).getByText('Done', { exact: true })).toBeVisible()
  await writeImage(image, 32)
  const second = await readFile(image)
  expect(second.equals(first)).toBe(false)

  const wizard = await openRestore(page, 'shop')
  await goToStep(wizard, 'Where')
  await wizard.getByRole('radio', { name: 'Over the original machine' }).check()
  await goToStep(wizard, 'Plan')
  await expectAccessible(page)
  const progress = await overwrite(page, wizard, 'shop', image)
  expect((await readFile(image)).equals(first)).toBe(true)
  await expectAccessible(page)

  await progress.getByRole('button', { name: 'Undo…' }).click()
  await expect(wizard.getByRole('heading', { name: 'Plan' })).toBeVisible()
  await overwrite(page, wizard, 'shop', image)
  expect((await readFile(image)).equals(second)).toBe(true)
})

test('a wrong passphrase says what happened and what to do, and the recovery words open', async ({ openConsole }) => {
  const first = await openConsole()
  const folder = path.join(first.scratch, 'repository')
  await first.page.getByRole('button', { name: /Choose where backups go/ }).click()
  const words = await createRepository(first.page, folder)

  const { page } = await openConsole({ look: { language: 'zh-CN', theme: 'dark' } })
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '存储库' }).click()
  await page.getByRole('button', { name: '打开存储库…' }).click()
  const dialog = page.getByRole('dialog', { name: '打开存储库' })
  await dialog.getByRole('textbox', { name: '文件夹', exact: true }).fill(folder)
  await dialog.getByRole('textbox', { name: '密码' }).fill('wrong')
  await dialog.getByRole('button', { name: '打开', exact: true }).click()
  const alert = dialog.getByRole('alert')
  await expect(alert).toContainText('密码或恢复助记词无法打开该存储库。')
  await expect(alert).toContainText('请检查大小写和键盘布局后重试；也可使用恢复助记词。')
  await expectAccessible(page)
  await dialog.getByText('恢复助记词', { exact: true }).click()
  await dialog.getByRole('textbox', { name: '恢复助记词' }).fill(`  ${words.replaceAll(' ', '  ').toUpperCase()}\n`)
  await dialog.getByRole('button', { name: '打开', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: path.basename(first.scratch) })).toContainText('已打开')
})
