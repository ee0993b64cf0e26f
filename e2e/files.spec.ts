import { expect, type Locator, type Page } from '@playwright/test'
import { visible } from '../renderer/text/visible.ts'
import type { Emit } from '../shared/wire.ts'
import { openFake } from './console/fake-engine.ts'
import { dotPng, type FilesWorld, filesWorld, hostileName, restored } from './console/files-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { machineId, now, pointId } from './console/worlds.ts'

const home = `#/files/${machineId(1)}/${pointId(0)}/vda%2F2/home`

async function open(page: Page, fragment: string): Promise<FilesWorld & { readonly emit: Emit }> {
  await page.clock.setFixedTime(now)
  const played = filesWorld()
  const emit = await openFake(page, played.world, played.played)
  await page.route('**/files/ticket*', (route) => route.fulfill({ contentType: 'image/png', body: dotPng }))
  await page.evaluate((hash) => {
    location.hash = hash
  }, fragment)
  return { ...played, emit }
}

function grid(page: Page): Locator {
  return page.getByRole('grid', { name: /^Files in/ })
}

function row(page: Page, name: string): Locator {
  return grid(page).getByRole('row').filter({ hasText: name })
}

/** What was found, without the head. */
function found(page: Page): Locator {
  return page.getByRole('grid', { name: 'Files that were found' }).locator('[role="row"][aria-selected]')
}

function shelf(page: Page): Locator {
  return page.getByRole('region', { name: 'Shelf' })
}

test('a file is found without knowing its date, its versions are seen, and one of them is taken out', async ({
  page,
}) => {
  const { asked } = await open(page, '#/files')
  await page.getByRole('textbox', { name: /Part of a name/ }).fill('report')
  const hits = page.getByRole('grid', { name: 'Files that were found' })
  await expect(found(page)).toHaveCount(1)
  await expect(hits).toContainText('gone since')
  await expectAccessible(page)

  await hits.getByRole('link', { name: 'report.md' }).click()
  await expect(page).toHaveURL(new RegExp(`${pointId(2)}/vda%2F2/home\\?name=report.md$`))
  await expect(row(page, 'report.md')).toHaveAttribute('data-active', 'true')
  await expect(row(page, 'report.md')).toContainText('gone since')
  await expect(page.getByText('Revenue: 1,024')).toBeVisible()
  await page.getByRole('tab', { name: 'Versions' }).click()
  const versions = page.getByRole('list', { name: /Versions of report.md/ })
  await expect(versions.getByRole('listitem')).toHaveCount(2)
  await versions.getByRole('listitem').nth(1).getByRole('button', { name: 'Put on the shelf' }).click()
  await expect(shelf(page)).toContainText('1 item')
  await shelf(page).getByRole('button', { name: 'Download' }).click()
  await expect
    .poll(() => asked.findLast(({ name }) => name === 'openDownload')?.argument)
    .toEqual({
      items: [{ pointId: pointId(3), volumeId: 'vda/2', path: '/home/report.md' }],
      as: 'file',
    })

  await page.goBack()
  await expect(page.getByRole('textbox', { name: /Part of a name/ })).toHaveValue('report')
  await expect(found(page)).toHaveCount(1)
})

test('what was deleted is asked for by its moment', async ({ page }) => {
  const { asked } = await open(page, '#/files')
  await page.getByRole('combobox', { name: 'Which files' }).selectOption('deletedWeek')
  await expect(found(page)).toHaveCount(1)
  expect(asked.findLast(({ name }) => name === 'searchFiles')?.argument).toEqual({
    query: '',
    deletedSince: now - 7 * 86_400_000,
    limit: 500,
  })
})

test('a point opens on its largest readable volume, and back, forward and reload keep the place', async ({ page }) => {
  await open(page, `#/files/${machineId(1)}/${pointId(0)}`)
  await expect(row(page, 'home')).toBeVisible()
  await row(page, 'home').dblclick()
  await expect(page).toHaveURL(/vda%2F2\/home$/)
  await expect(row(page, '.hidden')).toBeVisible()
  await page.getByRole('option', { name: /Nov 19/ }).click()
  await expect(page).toHaveURL(new RegExp(`${pointId(3)}/vda%2F2/home`))
  await expect(row(page, 'report.md')).toContainText('gone since')
  await expect(row(page, 'notes.txt')).toContainText('came later')
  await page.goBack()
  await expect(row(page, 'report.md')).toHaveCount(0)
  await page.goForward()
  await expect(row(page, 'report.md')).toBeVisible()
  await page.reload()
  await expect(row(page, 'report.md')).toBeVisible()
})

test('the keyboard alone goes through folders, chooses, and finds by typing', async ({ page }) => {
  await open(page, home)
  await expect(grid(page)).toBeFocused()
  await page.keyboard.type('rep')
  await page.keyboard.press('Backspace')
  await expect(page).toHaveURL(/vda%2F2\?name=home$/)
  await expect(row(page, 'home')).toHaveAttribute('data-active', 'true')
  await page.keyboard.press('Enter')
  await expect(row(page, 'big.log')).toBeVisible()
  await page.keyboard.type('big')
  await expect(row(page, 'big.log')).toHaveAttribute('data-active', 'true')
  await page.keyboard.press('Space')
  await expect(row(page, 'big.log')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Control+a')
  await expect(page.getByText('6 chosen')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('F5')
  await expect(row(page, 'big.log')).toBeVisible()
})

test('a hundred thousand entries arrive while they are looked at, and are sorted, filtered and scrolled', async ({
  page,
}) => {
  await open(page, home.replace('home', 'many'))
  // What takes the time is carrying so much through the test's own pipe.
  await expect(page.getByText('100000 entries')).toBeVisible({ timeout: 90_000 })
  await page.keyboard.press('End')
  await expect(row(page, 'file99999')).toHaveAttribute('data-active', 'true')
  await expect(row(page, 'file99999')).toBeInViewport()
  await page.getByRole('button', { name: 'Size' }).click()
  await page.getByRole('button', { name: 'Size' }).click()
  await page.keyboard.press('Home')
  await expect(grid(page).getByRole('row').nth(1)).toContainText('file99999')
  await page.getByRole('textbox', { name: 'Filter this folder' }).fill('777 file1')
  await expect(page.getByText(/^\d+ of 100000$/)).toBeVisible()
  expect(await grid(page).getByRole('row').count()).toBeLessThan(80)
})

test('a volume says what it is and who reads it; a key opens the one that is encrypted', async ({ page }) => {
  await open(page, home)
  const volumes = page.getByRole('region', { name: 'Volumes' })
  await expect(volumes).toContainText('Swap')
  await expect(volumes).toContainText('There are no files on it.')
  await expect(volumes).toContainText('It was in use when the point was made.')
  await expect(volumes).toContainText('A disk on which part of it lies is not in this point.')
  await volumes.getByLabel('Passphrase of secret').fill('wrong')
  await volumes.getByRole('button', { name: 'Unlock' }).click()
  await expect(volumes.getByRole('alert')).toBeVisible()
  await volumes.getByLabel('Passphrase of secret').fill('correct horse')
  await volumes.getByRole('button', { name: 'Unlock' }).click()
  await expect(volumes.getByRole('link', { name: 'secret' })).toBeVisible()
  await expect(volumes).toContainText('Read by libguestfs')
})

test('files are previewed as text, as a picture and byte by byte, page after page', async ({ page }) => {
  await open(page, home)
  await row(page, 'dot.png').click()
  await expect(page.getByRole('img', { name: 'Preview of dot.png' })).toBeVisible()
  await page.getByText('Hex', { exact: true }).click()
  await expect(page.getByText('00000000  89 50 4e 47')).toBeVisible()
  await row(page, 'big.log').click()
  await expect(page.getByText('Bytes 0 to 65,536 of 200,000')).toBeVisible()
  await page.getByRole('button', { name: 'Later' }).click()
  await expect(page.getByText('Bytes 65,536 to 131,072 of 200,000')).toBeVisible()
  await page.getByRole('tab', { name: 'Properties' }).click()
  await expect(page.getByText('rw-r--r-- (0644)')).toBeVisible()
})

test('names from guests are shown as text with marks, and lead back to exactly the file', async ({ page }) => {
  const { asked } = await open(page, home)
  const shown = visible(hostileName)
  await row(page, shown).click()
  await page.getByRole('button', { name: 'Put on the shelf' }).click()
  await expect(shelf(page)).toContainText(shown)
  await shelf(page).getByRole('button', { name: 'Download' }).click()
  await expect
    .poll(() => asked.findLast(({ name }) => name === 'openDownload')?.argument)
    .toEqual({
      items: [{ pointId: pointId(0), volumeId: 'vda/2', path: `/home/${hostileName}` }],
      as: 'file',
    })
})

test('rows are dragged to the shelf and to a target folder', async ({ page }) => {
  const { asked, emit } = await open(page, home)
  await row(page, 'big.log').dragTo(shelf(page))
  await expect(shelf(page)).toContainText('1 item, 3 GiB')
  await page.getByRole('tab', { name: 'Targets' }).click()
  await row(page, 'dot.png').dragTo(page.getByRole('button', { name: 'Open /srv/out' }))
  await expect
    .poll(() => asked.findLast(({ name }) => name === 'startFileRestore')?.argument)
    .toEqual({
      items: [{ pointId: pointId(0), volumeId: 'vda/2', path: '/home/dot.png' }],
      target: { kind: 'folder', folder: '/srv/out' },
    })
  emit('run', { ...restored('folder'), state: 'running' })
  await expect(shelf(page).getByRole('progressbar')).toBeVisible()
  emit('run', restored('folder'))
  await expect(shelf(page)).toContainText('Files: 3, folders: 1 (5 MiB)')
  await expect(shelf(page)).toContainText('Not written: 1')
  await shelf(page).getByRole('link', { name: 'Show in Activity' }).click()
  await expect(page.getByText('/dev/null: A device cannot be made here')).toBeVisible()
})

test('several files go out as an archive, to a folder, or back into a running machine', async ({ page }) => {
  const { asked } = await open(page, home)
  await row(page, 'big.log').getByRole('checkbox').click()
  await row(page, 'admin').getByRole('checkbox').click()
  await page.getByRole('button', { name: 'Put on the shelf' }).click()
  await expect(shelf(page)).toContainText('folders count when they are read')
  await shelf(page).getByRole('button', { name: 'Download as tar' }).click()
  await expect.poll(() => asked.at(-1)?.argument).toMatchObject({ as: 'tar' })
  await shelf(page).getByRole('button', { name: 'Restore to folder…' }).click()
  await page.getByRole('dialog').getByLabel('Folder', { exact: true }).fill('/srv/out')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(asked.at(-1)?.argument).toMatchObject({ target: { kind: 'folder', folder: '/srv/out' } })
  await shelf(page).getByRole('button', { name: 'Back into a machine…' }).click()
  await page.getByRole('dialog').getByLabel('Folder inside the machine').fill('/var/restored')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(asked.at(-1)?.argument).toMatchObject({
    target: { kind: 'machine', machineId: machineId(1), folder: '/var/restored' },
  })
})

test('a browser drags the address of a download', async ({ page }) => {
  await open(page, home)
  await row(page, 'big.log').click()
  await page.getByRole('button', { name: 'Put on the shelf' }).click()
  const handle = shelf(page).getByText('Drag from here')
  await handle.hover()
  await expect(handle).toHaveAttribute('draggable', 'true')
  await page.evaluate(() =>
    addEventListener('dragstart', (event) => {
      const data = event.dataTransfer?.getData('DownloadURL')
      Object.assign(globalThis, { carried: data })
    }),
  )
  await handle.dragTo(page.getByRole('heading', { level: 1 }))
  expect(await page.evaluate(() => (globalThis as unknown as { carried: string }).carried)).toBe(
    'application/octet-stream:big.log:http://console.test/files/ticket',
  )
})

test('the desktop drags real files that were made first', async ({ page }) => {
  await page.addInitScript(() => {
    const dragged: string[][] = []
    const dragOut = async (paths: string[]): Promise<void> => void dragged.push(paths)
    // The bridge that the next script exposes becomes a desktop's.
    const define = Object.defineProperty
    Object.defineProperty = ((on: object, name: string, what: PropertyDescriptor) =>
      define(on, name, name === 'bridge' ? { value: { ...what.value, dragOut } } : what)) as typeof define
    Object.assign(globalThis, { dragged })
  })
  const { emit } = await open(page, home)
  await row(page, 'big.log').click()
  await page.getByRole('button', { name: 'Put on the shelf' }).click()
  await shelf(page).getByRole('button', { name: 'Make ready to drag' }).click()
  emit('run', restored('shelf'))
  await shelf(page)
    .getByText('Drag from here')
    .dragTo(page.getByRole('heading', { level: 1 }))
  expect(await page.evaluate(() => (globalThis as unknown as { dragged: string[][] }).dragged)).toEqual([
    ['/home/admin/shelf/1/report.md'],
  ])
})

test('two points are compared, and what is gone leads to where it was', async ({ page }) => {
  await open(page, home.replace(pointId(0), pointId(2)))
  await page.getByRole('button', { name: 'Compare…' }).click()
  const differences = page.getByRole('grid', { name: 'Differences' })
  await expect(differences.locator('[role="row"][aria-selected]')).toHaveCount(3)
  await expect(page.getByText('3 differences')).toBeVisible()
  await differences.getByRole('link', { name: '/home/report.md' }).click()
  await expect(row(page, 'report.md')).toHaveAttribute('data-active', 'true')
})

test('the search index is read, switched off and said to be incomplete', async ({ page }) => {
  const { asked } = await open(page, '#/files')
  await expect(page.getByText('4 of 5 points, 184,000 names')).toBeVisible()
  await page.getByRole('button', { name: 'Read missing points' }).click()
  await expect.poll(() => asked.at(-1)).toEqual({ name: 'startFileIndex', argument: { machineId: machineId(1) } })
  await page.getByRole('switch', { name: 'Search index of web-01' }).click({ force: true })
  await expect
    .poll(() => asked.at(-1))
    .toEqual({ name: 'setFileIndex', argument: { machineId: machineId(1), enabled: false } })
})

test('files are reached from a machine, from any of its points and from the palette', async ({ page }) => {
  await open(page, `#/machine/${machineId(1)}/${pointId(2)}`)
  await page.getByRole('region', { name: 'Details' }).getByRole('link', { name: 'Browse files' }).click()
  await expect(page).toHaveURL(new RegExp(`#/files/${machineId(1)}/${pointId(2)}/vda%2F2$`))
  await page.goBack()
  await page.getByRole('link', { name: 'Browse files' }).first().click()
  await expect(page).toHaveURL(new RegExp(`#/files/${machineId(1)}/${pointId(0)}/vda%2F2$`))
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('report.md')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/files$/)
  await expect(page.getByRole('textbox', { name: /Part of a name/ })).toHaveValue('report.md')
})
