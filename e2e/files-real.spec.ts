import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, type Locator, type Page } from '@playwright/test'
import { MiB } from '../shared/units.ts'
import { type HostName, test } from './console/real-console.ts'
import { backUp, setUp } from './console/real-steps.ts'
import { expectAccessible } from './console/watched-page.ts'

/**
 * Somebody misses a file of a real ext4 disk and knows neither when it was last there nor where: it is found by its name, its
 * versions are seen, and the one of before is taken out, byte for byte as it was.
 */
const run = promisify(execFile)
const image = 'server'

/** A disk with a hundred plain files and the one that will be missed. */
async function makeDisk(file: string, report: Buffer): Promise<void> {
  const tree = `${file}.tree`
  await mkdir(path.join(tree, 'srv', 'quarter'), { recursive: true })
  await mkdir(path.dirname(file), { recursive: true })
  for (let at = 0; at < 100; at++) await writeFile(path.join(tree, 'srv', `plain-${at}`), `${at}\n`)
  await writeFile(path.join(tree, 'srv', 'quarter', 'report.bin'), report)
  await writeFile(file, '')
  await truncate(file, 64 * MiB)
  await run('mkfs.ext4', ['-q', '-F', '-L', 'data', '-d', tree, file])
}

/** Inside the disk, while nothing uses it. */
async function change(file: string, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) await run('debugfs', ['-w', '-R', command, file])
}

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function shelfOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Shelf' })
}

/** What leaves the shelf: a browser's download, or the files that the desktop made for its drag. */
async function takeOut(page: Page, host: HostName, scratch: string): Promise<Buffer> {
  const shelf = shelfOf(page)
  if (host === 'headless') {
    const arriving = page.waitForEvent('download')
    await shelf.getByRole('button', { name: 'Download' }).click()
    const download = await arriving
    expect(download.suggestedFilename()).toBe('report.bin')
    const file = path.join(scratch, 'downloaded.bin')
    await download.saveAs(file)
    return readFile(file)
  }
  await shelf.getByRole('button', { name: 'Make ready to drag' }).click()
  const handle = shelf.getByText('Drag from here')
  await expect(handle).toHaveAttribute('draggable', 'true')
  await handle.dragTo(page.getByRole('heading', { level: 1 }))
  await expect(shelf.getByRole('alert')).toHaveCount(0)
  await shelf.getByRole('link', { name: 'Show in Activity' }).click()
  const made = await page.locator('.run-target').innerText()
  expect(path.basename(made)).toBe('report.bin')
  return readFile(made)
}

test('a file is found without its date, its versions are seen, and the one of before is taken out whole', async ({
  openConsole,
  host,
}) => {
  test.setTimeout(240_000)
  const { page, scratch } = await openConsole()
  const disk = path.join(scratch, 'images', `${image}.raw`)
  const next = path.join(scratch, 'next.bin')
  const [first, second] = [randomBytes(3 * MiB + 17), randomBytes(MiB)]
  await makeDisk(path.join(scratch, `${image}.raw`), first)
  await mkdir(path.dirname(disk), { recursive: true })
  await run('cp', ['--sparse=always', path.join(scratch, `${image}.raw`), disk])
  await writeFile(next, second)

  await setUp(page, scratch)
  const changes = [
    ['rm /srv/quarter/report.bin', `write ${next} /srv/quarter/report.bin`],
    ['rm /srv/quarter/report.bin'],
    [],
  ]
  for (const commands of changes) {
    await expect(await backUp(page, image)).toContainText('Done')
    await change(disk, ...commands)
  }

  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Files' }).click()
  await expect(page.getByText(/^3 of 3 points/)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('textbox', { name: /Part of a name/ }).fill('report')
  const hits = page.getByRole('grid', { name: 'Files that were found' })
  await expect(hits.locator('[role="row"][aria-selected]')).toHaveCount(1)
  await expect(hits).toContainText('gone since')
  await expectAccessible(page)
  await hits.getByRole('link', { name: 'report.bin' }).click()

  const row = page
    .getByRole('grid', { name: /^Files in/ })
    .getByRole('row')
    .filter({ hasText: 'report.bin' })
  await expect(row).toContainText('1 MiB')
  await expect(row).toContainText('gone since')
  await page.getByRole('tab', { name: 'Versions' }).click()
  const versions = page.getByRole('list', { name: /Versions of report.bin/ }).getByRole('listitem')
  await expect(versions).toHaveCount(2)
  await versions.nth(1).getByRole('link', { name: 'Go there' }).click()
  await expect(row).toContainText('3 MiB')
  await row.dragTo(shelfOf(page))
  await expect(shelfOf(page)).toContainText('1 item, 3 MiB')
  expect(sum(await takeOut(page, host, scratch))).toBe(sum(first))
})
