import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { test } from './console/real-console.ts'
import { expectAccessible, lookLike, watch } from './console/watched-page.ts'

const passphrase = 'correct horse battery staple'

/** Creates a repository through the window and answers the recovery words that it showed. */
async function createRepository(page: Page, folder: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Create a repository' })
  await dialog.getByLabel('Folder').fill(folder)
  await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await dialog.getByLabel('Passphrase again').fill(passphrase)
  await dialog.getByRole('button', { name: 'Create' }).click()
  const sheet = page.getByRole('dialog', { name: 'Write down these recovery words' })
  await expect(sheet.getByRole('listitem')).toHaveCount(24)
  await expect(sheet.getByRole('button', { name: 'Done' })).toBeDisabled()
  await expectAccessible(page)
  const words = await sheet.getByRole('listitem').allInnerTexts()
  await sheet.getByLabel('I have printed or written them down').check()
  await sheet.getByRole('button', { name: 'Done' }).click()
  await expect(sheet).toBeHidden()
  return words.join(' ')
}

async function addImages(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Add host…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a host' })
  await dialog.getByText('Image folder').click()
  await dialog.getByLabel('Folder of disk images').fill(folder)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(dialog).toBeHidden()
}

/** Random bytes: nothing to deduplicate and nothing to compress, so that a run takes its time. */
async function writeImage(file: string, sizeMiB: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const image = await open(file, 'wx')
  for (let written = 0; written < sizeMiB; written += 16) await image.write(randomBytes(16 * 1024 * 1024))
  await image.close()
}

test('from nothing to a restored disk of equal bytes, by the window alone', async ({ page, startConsole }) => {
  const console = await startConsole()
  const samples = path.join(console.scratch, 'sample')
  const restored = path.join(console.scratch, 'restored')
  await mkdir(restored)
  await page.goto(console.link)

  await test.step('make the sample machine', async () => {
    await page.getByRole('button', { name: 'Make a sample machine…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Make a sample machine' })
    await dialog.getByLabel('Folder for the sample').fill(samples)
    await dialog.getByRole('button', { name: 'Make it' }).click()
    await expect(dialog).toBeHidden()
  })
  await test.step('create a repository', async () => {
    await page.getByRole('button', { name: 'Create repository…' }).click()
    await createRepository(page, path.join(console.scratch, 'repository'))
  })
  await test.step('back up', async () => {
    await page.getByRole('button', { name: /^Back up “.*” now…$/ }).click()
    const dialog = page.getByRole('dialog', { name: /^Back up / })
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Back up now' }).click()
    const run = page.getByRole('article', { name: /^Backup / })
    await expect(run.getByText('Done', { exact: true })).toBeVisible()
    await expect(run.getByText('This is the machine’s first point in this repository.')).toBeVisible()
    await expectAccessible(page)
  })
  await test.step('restore to an image file', async () => {
    await page.getByRole('link', { name: 'Show points' }).click()
    await expect(page.getByRole('heading', { level: 2, name: 'Points' })).toBeVisible()
    await page.getByRole('button', { name: /^Restore… / }).click()
    const dialog = page.getByRole('dialog', { name: /^Restore / })
    await dialog.getByRole('radio', { name: 'As image files' }).check()
    await dialog.getByLabel('Folder for the image files').fill(restored)
    await dialog.getByLabel('Format').click()
    await page.getByRole('option', { name: 'raw' }).click()
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
    const run = page.getByRole('article', { name: /^Restore / })
    await expect(run.getByText('Done', { exact: true })).toBeVisible()
  })
  const [source = ''] = (await readdir(samples)).filter((name) => /\.(raw|img)$/.test(name))
  const [target = ''] = await readdir(restored)
  const [wanted, got] = await Promise.all([readFile(path.join(samples, source)), readFile(path.join(restored, target))])
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.equals(wanted)).toBe(true)

  await test.step('a reload stays in, a second use of the link does not', async () => {
    await page.reload()
    await expect(page.getByRole('article', { name: /^Restore / })).toBeVisible()
    const again = await page.context().newPage()
    await again.goto(console.link)
    await expect(again.getByRole('alert')).toContainText('This link was already used')
    await again.close()
  })
})

test('names of real files are shown as text, run nothing, and can be backed up', async ({ page, startConsole }) => {
  const console = await startConsole()
  const images = path.join(console.scratch, 'images')
  await writeImage(path.join(images, '<img src=x onerror=globalThis.pwned=1>.raw'), 16)
  await writeImage(path.join(images, 'photo\u202Egpj.raw'), 16)
  await page.goto(console.link)
  await addImages(page, images)
  await expect(page.getByRole('link', { name: '<img src=x onerror=globalThis.pwned=1>' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'photo⟦U+202E⟧gpj' })).toBeVisible()
  await page.getByRole('button', { name: 'Create repository…' }).click()
  await createRepository(page, path.join(console.scratch, 'repository'))
  await page.getByRole('button', { name: 'Back up now… photo⟦U+202E⟧gpj' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back up now' }).click()
  const run = page.getByRole('article', { name: 'Backup photo⟦U+202E⟧gpj' })
  await expect(run.getByText('Done', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
})

test('a cancelled run ends as cancelled and leaves no point', async ({ page, startConsole }) => {
  const console = await startConsole()
  await writeImage(path.join(console.scratch, 'images', 'big.raw'), 768)
  await page.goto(console.link)
  await addImages(page, path.join(console.scratch, 'images'))
  await page.getByRole('button', { name: 'Create repository…' }).click()
  await createRepository(page, path.join(console.scratch, 'repository'))
  await page.getByRole('button', { name: 'Back up “big” now…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back up now' }).click()
  const run = page.getByRole('article', { name: 'Backup big' })
  await expect(run.getByRole('progressbar')).toBeVisible()
  await run.getByRole('button', { name: 'Cancel run' }).click()
  await expect(run.getByText('Cancelled', { exact: true })).toBeVisible()
  await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click()
  await expect(page.getByRole('row', { name: /big/ }).getByText('No point yet')).toBeVisible()
})

test('a wrong passphrase says what happened and what to do, and the recovery words open', async ({
  page,
  browser,
  startConsole,
}) => {
  const first = await startConsole()
  const folder = path.join(first.scratch, 'repository')
  await page.goto(first.link)
  await page.getByRole('button', { name: 'Create repository…' }).click()
  const words = await createRepository(page, folder)

  const second = await startConsole()
  const context = await browser.newContext()
  const other = await context.newPage()
  const misdeeds = await watch(other)
  await lookLike(other, { language: 'zh-CN', theme: 'dark' })
  await other.goto(second.link)
  await other.getByRole('button', { name: '打开已有的…' }).click()
  const dialog = other.getByRole('dialog', { name: '打开存储库' })
  await dialog.getByLabel('文件夹').fill(folder)
  await dialog.getByRole('textbox', { name: '密码' }).fill('wrong')
  await dialog.getByRole('button', { name: '打开', exact: true }).click()
  const alert = dialog.getByRole('alert')
  await expect(alert).toContainText('密码或恢复助记词无法打开该存储库。')
  await expect(alert).toContainText('请检查大小写和键盘布局后重试；也可使用恢复助记词。')
  await expectAccessible(other)
  await dialog.getByText('恢复助记词', { exact: true }).click()
  await dialog.getByRole('textbox', { name: '恢复助记词' }).fill(`  ${words.replaceAll(' ', '  ').toUpperCase()}\n`)
  await dialog.getByRole('button', { name: '打开', exact: true }).click()
  await expect(dialog).toBeHidden()
  await other.getByRole('navigation').getByRole('link', { name: '存储库' }).click()
  await expect(other.getByRole('row', { name: new RegExp(path.basename(first.scratch)) })).toContainText('已打开')
  await context.close()
  expect(misdeeds).toEqual([])
})

test('a console that dies is told in the window, and what was shown stays', async ({ browser, startConsole }) => {
  const console = await startConsole()
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(console.link)
  await addImages(page, console.scratch)
  await console.kill()
  await expect(page.getByRole('status')).toHaveText('The connection to the engine is lost. Trying again…')
  await page.getByRole('navigation').getByRole('link', { name: 'Hosts' }).click()
  await expect(page.getByRole('cell', { name: console.scratch })).toBeVisible()
  await page.getByRole('button', { name: 'Make a sample machine…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click()
  await expect(page.getByRole('alert')).toContainText('The engine stopped while it was working.')
  await context.close()
})
