import { expect, type Locator, type Page } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { openFake } from './console/fake-engine.ts'
import { branchedWorld, longWorld } from './console/lineage-world.ts'
import { expectAccessible, lookLike, looks, test } from './console/watched-page.ts'
import { busyWorld, hour, machineId, now, pointId } from './console/worlds.ts'

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
  await expectAccessible(page)
}

function show(page: Page, fragment: string): Promise<unknown> {
  return page.evaluate((hash) => {
    location.hash = hash
  }, fragment)
}

function lineage(page: Page): Locator {
  return page.getByRole('grid', { name: 'Lineage' })
}

/** The names of the rows that are drawn, from the top. */
function states(page: Page): Promise<readonly string[]> {
  return lineage(page).locator('.lineage-name').allInnerTexts()
}

for (const { language, theme } of looks) {
  const ending = `${language}-${theme}`

  test(`machines, lineage, timeline and snapshot dialogs are accessible (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, { language, theme })
    const world = busyWorld()
    world.settings = { ...world.settings, language, theme }
    await openFake(page, world)
    await show(page, '#/machines')
    await expect(page.locator('.day-good').first()).toBeVisible()
    await look(page, `machines-${ending}`)
    await page.locator('.machines-grid').focus()
    for (const key of ['ArrowDown', 'Space', 'ArrowDown', 'Space', 'Shift+F10']) await page.keyboard.press(key)
    await expect(page.getByRole('menu')).toBeVisible()
    await look(page, `machines-chosen-${ending}`)
    await page.keyboard.press('Escape')
    for (const [name, number] of Object.entries({ branches: 5, trouble: 20, gone: 99 })) {
      await show(page, `#/machine/${machineId(number)}`)
      await expect(page.getByRole('heading', { level: 1 })).toContainText(/gitlab|legacy|old/)
      await expect(page.locator('.lineage-details, .empty').first()).toBeVisible()
      await look(page, `machine-${name}-${ending}`)
    }
    await show(page, `#/machine/${machineId(5)}`)
    await page.getByText('before-16.4').first().click()
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight))
    await look(page, `machine-snapshot-${ending}`)
    const [revert, remove] = [
      page.locator('.lineage-actions button').nth(0),
      page.locator('.lineage-actions button').nth(1),
    ]
    for (const [name, button] of Object.entries({ revert, remove })) {
      await button.click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await look(page, `snapshot-${name}-${ending}`)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toBeHidden()
    }
    await page.locator('.screen-head button').nth(1).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, `snapshot-create-${ending}`)
  })
}

test('the lineage shows branches beside the live line, and the keyboard walks all of it', async ({ page }) => {
  await page.clock.setFixedTime(now)
  await openFake(page, branchedWorld())
  await show(page, `#/machine/${machineId(1)}`)
  const rows = lineage(page).getByRole('row')
  await expect(rows).toHaveCount(10)
  expect((await states(page)).map((text) => text.split('\n')[0])).toEqual([
    'You are here',
    'Incremental',
    'Incremental',
    'Incremental',
    'Incremental',
    'tried',
    'Incremental',
    'base',
    'Full',
  ])
  await expect(page.getByText('Left behind')).toHaveCount(1)
  await expect(page.locator('.lane-left')).not.toHaveCount(0)

  await lineage(page).focus()
  await page.keyboard.press('Home')
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details).toContainText('What changed since is in no point yet.')
  await page.keyboard.press('End')
  await expect(details).toContainText('read in full')
  await expect(details).toContainText('This is the machine’s first point in this repository.')
  await expect(rows.last()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowUp')
  await expect(details).toContainText('Before the upgrade')
  await expect(details).toContainText('none, it is a root')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect(details).toContainText('Later states rest on the files of this snapshot')
  await expect(details).toContainText('Snapshots inside the image and in files of their own are mixed here')
  await expect(details.getByRole('button')).toHaveCount(0)
  await page.keyboard.press('Delete')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('PageUp')
  await page.keyboard.press('ArrowDown')
  await expect(details).toContainText('84 ms')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('the middle point is chosen on the timeline by the mouse and by the keys, and the lineage follows', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  await openFake(page, longWorld(5))
  await show(page, `#/machine/${machineId(1)}`)
  const slider = page.getByRole('slider', { name: 'Moment to go back to' })
  const middle = new Date(now - 49 * hour)
  const told = new Intl.DateTimeFormat('en', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
    timeZone: 'Asia/Shanghai',
  })
  const wanted = told.format(middle)
  const chosen = lineage(page).getByRole('row', { selected: true })

  const marks = page.locator('.timeline-marks .glyph-point')
  await expect(marks).toHaveCount(5)
  const [from, to] = [await marks.nth(4).boundingBox(), await marks.nth(2).boundingBox()]
  if (from === null || to === null) throw new Error('the points are not drawn')
  await page.mouse.move(from.x + from.width / 2, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x + 40, to.y, { steps: 5 })
  await page.mouse.move(to.x + to.width / 2 + 2, to.y, { steps: 5 })
  await page.mouse.up()
  await expect(page.getByRole('status').filter({ hasText: 'Means the point of' })).toContainText(wanted)
  await expect(page.getByText(/before this moment/)).toBeVisible()
  await expect(chosen).toContainText(wanted)

  await slider.focus()
  await page.keyboard.press('End')
  await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(told.format(now - hour)))
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await expect(slider).toHaveAttribute('aria-valuetext', `${wanted}: the point of ${wanted}`)
  await expect(page.getByText('exactly this moment')).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await expect(chosen).not.toContainText(wanted)
  await page.keyboard.press('ArrowRight')
  await expect(chosen).toContainText(wanted)

  await lineage(page).focus()
  await page.keyboard.press('End')
  await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(told.format(now - 97 * hour)))
  await page.getByLabel('Moment', { exact: true }).fill('2026-11-01T00:00:00')
  await expect(page.getByText('There is no point that early.')).toBeVisible()
  await expect(chosen).toHaveCount(0)
})

test('of one minute the live line is meant, and a zoom changes only what is shown', async ({ page }) => {
  await page.clock.setFixedTime(now)
  await openFake(page, branchedWorld())
  await show(page, `#/machine/${machineId(1)}`)
  const chosen = lineage(page).getByRole('row', { selected: true })
  const before = await chosen.innerText()
  for (const zoom of ['Year', 'Day', 'Week', 'Month']) {
    const button = page.getByRole('button', { name: zoom, exact: true })
    await button.click()
    await expect(button).toHaveAttribute('aria-pressed', 'true')
  }
  expect(await chosen.innerText()).toBe(before)
  const slider = page.getByRole('slider')
  await slider.hover()
  await page.mouse.wheel(0, 100)
  await expect(page.getByRole('button', { name: 'Month', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await slider.hover()
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, 400)
  await page.keyboard.up('Control')
  await expect(page.getByRole('button', { name: 'Month', exact: true })).toHaveAttribute('aria-pressed', 'false')
  await slider.focus()
  await page.keyboard.press('PageDown')
  await expect(page.getByText('on a branch that was left behind')).toBeHidden()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await expect(page.getByText('on a branch that was left behind')).toBeVisible()
})

test('of five hundred points only those in view are drawn, and the oldest is reached by one key', async ({ page }) => {
  await page.clock.setFixedTime(now)
  await openFake(page, longWorld(500))
  await show(page, `#/machine/${machineId(1)}`)
  await expect(lineage(page)).toHaveAttribute('aria-rowcount', '502')
  expect(await lineage(page).getByRole('row').count()).toBeLessThan(60)
  await lineage(page).focus()
  await page.keyboard.press('End')
  const oldest = lineage(page).getByRole('row', { selected: true })
  await expect(oldest).toContainText('Full')
  await expect(oldest).toBeInViewport()
  await page.keyboard.press('Home')
  await page.getByRole('button', { name: 'Year', exact: true }).click()
  expect(await page.locator('.timeline-marks .glyph-point').count()).toBeGreaterThan(300)
  await expectAccessible(page)
})

test('a point is verified, pinned and told by its proofs', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const asked: Argument<'pinPoint' | 'startVerify'>[] = []
  const world = branchedWorld()
  world.proofs = [{ kind: 'restore', pointId: pointId(0), at: now - 2 * hour, seconds: 312, bytes: 1, damaged: false }]
  await openFake(page, world, {
    pinPoint: async (argument) => {
      asked.push(argument)
      world.pins = []
      return null
    },
    startVerify: async (argument) => {
      asked.push(argument)
      return { runId: 'e'.repeat(32) }
    },
  })
  await show(page, `#/machine/${machineId(1)}`)
  const details = page.getByRole('region', { name: 'Details' })
  await expect(details).toContainText('Restored 2 hours ago in 5:12')
  await details.getByRole('button', { name: 'Unpin' }).click()
  await expect(details.getByRole('button', { name: 'Pin', exact: true })).toBeVisible()
  await details.getByRole('button', { name: 'Verify' }).click()
  await expect(details.getByRole('link', { name: 'Show the run' })).toBeVisible()
  expect(asked).toEqual([{ pointId: pointId(0), pinned: false }, { pointId: pointId(0) }])
})
