import { expect } from '@playwright/test'
import { openFake } from './console/fake-engine.ts'
import { filesWorld } from './console/files-world.ts'
import { test } from './console/watched-page.ts'
import { machineId, now, pointId } from './console/worlds.ts'

test('a folder that cannot be listed leads up and is read again', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const { world, played } = filesWorld()
  const asked: string[] = []
  await openFake(page, world, {
    ...played,
    listFiles: (argument, signal) => {
      asked.push(argument.path)
      return played.listFiles?.(argument, signal) ?? Promise.reject(new Error('Not played'))
    },
  })
  await page.evaluate((hash) => location.assign(hash), `#/files/${machineId(1)}/${pointId(0)}/vda%2F2/nowhere`)
  await expect(page.getByRole('alert')).toContainText('not in this point')
  const before = asked.length
  await page.getByRole('button', { name: 'Read again', exact: true }).click()
  await expect.poll(() => asked.length).toBeGreaterThan(before)
  await page.getByRole('button', { name: 'Up one folder' }).last().click()
  await expect(page).toHaveURL(/vda%2F2\?name=nowhere$/)
  await expect(page.getByRole('row').filter({ hasText: 'home' })).toBeVisible()
})

test('a download that breaks off is told wherever the reader is', async ({ page }) => {
  const { world, played } = filesWorld()
  const emit = await openFake(page, world, played)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  emit('downloadFailed', { name: 'report.md', failure: { code: 'file-system-damaged', message: 'A bad block' } })
  const notice = page.getByRole('alert').filter({ hasText: 'Download broke off: report.md' })
  await expect(notice).toContainText('file system')
  await notice.getByRole('button', { name: 'Close' }).click()
  await expect(notice).toHaveCount(0)
})

test('of very many machines the first ones are shown, and the others when they are asked for', async ({ page }) => {
  const { world, played } = filesWorld()
  const [first] = world.points
  if (first === undefined) throw new Error('The world has no point')
  world.points = Array.from({ length: 95 }, (_, at) => ({
    ...first,
    id: pointId(1000 + at),
    machineId: machineId(1000 + at),
    machineName: `vm-${at}`,
  }))
  await openFake(page, world, played)
  await page.evaluate(() => location.assign('#/files'))
  const rows = page.getByRole('table', { name: 'Machines' }).getByRole('row')
  await expect(rows).toHaveCount(41)
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(rows).toHaveCount(96)
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0)
})
