import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { MiB } from '../shared/units.ts'
import { test as base } from './console/real-console.ts'
import { expectAccessible } from './console/watched-page.ts'
import { createGuest, type Guest, guestShell } from './rig/guest.ts'
import { removeDomain } from './rig/remove-domain.ts'
import { virsh } from './rig/virsh.ts'

/**
 * A newcomer's whole walk on a real guest: from the first run to a point, two more of them, the middle one chosen on the
 * timeline, and a machine that runs from it.
 */
const passphrase = 'correct horse battery staple'
const restoredName = `sp-test-back-${process.pid}`

/** A fixture, because those are taken down also after a test that took too long. */
const test = base.extend<{ guest: Guest }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that a fixture needs from this pattern
  guest: async ({}, use) => {
    await using cleanup = new AsyncDisposableStack()
    const guest = await createGuest({ name: 'walk', disks: [{ format: 'qcow2', sizeBytes: 64 * MiB }] })
    cleanup.use(guest)
    cleanup.defer(async () => removeDomain(await virsh('domuuid', restoredName).catch(() => guest.uuid)))
    await use(guest)
  },
})

async function addLibvirt(page: Page): Promise<void> {
  const found = page.getByRole('region', { name: 'Found on this machine' })
  await found.getByRole('listitem').filter({ hasText: 'qemu:///system' }).getByRole('button', { name: /^Add / }).click()
}

async function createRepository(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Folder of the repository', { exact: true }).fill(folder)
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('Can be used: nothing is in the way.')).toBeVisible()
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await page.getByLabel('Passphrase again').fill(passphrase)
  await page.getByRole('button', { name: 'Create repository' }).click()
  await page.getByLabel('I have printed or written them down').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
}

async function firstPoint(page: Page, machine: string): Promise<void> {
  const own = page.getByRole('checkbox', { name: new RegExp(`^${machine}`) })
  await own.check()
  await page.getByRole('button', { name: 'Test: what will it take?' }).click()
  await expect(page.getByText('Nothing is in the way.')).toBeVisible()
  await page.getByRole('button', { name: 'Back up now', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
}

/** Backs up from the machine's own screen and waits until the lineage has `count` points. */
async function anotherPoint(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Back up now…' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back up now', exact: true }).click()
  await page.getByRole('button', { name: 'Show machine' }).click()
  await expect(page.getByRole('grid', { name: 'Lineage' }).getByRole('row')).toHaveCount(count + 2)
}

const marker = (text: string): string =>
  `printf '%-512s' '${text}' | dd of=/dev/vda bs=512 seek=4096 conv=notrunc && sync`
const readMarker = 'dd if=/dev/vda bs=512 skip=4096 count=1 2>/dev/null | tr -d " "'

test('from the first run to a machine that runs from the middle of three points', async ({ guest, openConsole }) => {
  const { page, scratch } = await openConsole()

  await test.step('a host is found, a repository made, and the first point taken', async () => {
    await guest.sh(marker('one'))
    await addLibvirt(page)
    await createRepository(page, path.join(scratch, 'repository'))
    await firstPoint(page, guest.name)
  })
  await test.step('two more points follow from the machine’s screen', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click()
    await page.getByRole('grid', { name: 'Machines' }).getByRole('link', { name: guest.name }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(guest.name)
    await guest.sh(marker('two'))
    await anotherPoint(page, 2)
    await guest.sh(marker('three'))
    await anotherPoint(page, 3)
    await expectAccessible(page)
  })
  await test.step('the middle one is chosen on the timeline', async () => {
    const timeline = page.getByRole('slider', { name: 'Moment to go back to' })
    await timeline.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('PageDown')
    const middle = page.getByRole('grid', { name: 'Lineage' }).getByRole('row').nth(3)
    await expect(middle).toHaveAttribute('aria-selected', 'true')
    await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'Restore…' }).click()
  })
  await test.step('the original stops, and comes back as a new machine, which runs', async () => {
    await guest.destroy()
    const wizard = page.getByRole('dialog', { name: /^Restore / })
    for (const heading of ['What', 'Where']) {
      await wizard.getByRole('button', { name: 'Next' }).click()
      await expect(wizard.getByRole('heading', { name: heading })).toBeVisible()
    }
    await wizard.getByLabel('Name of the new machine').fill(restoredName)
    await wizard.getByLabel('Folder for the new disks', { exact: true }).fill(guest.folder)
    await wizard.getByLabel('Start it as soon as it is whole').check()
    await wizard.getByRole('button', { name: 'Next' }).click()
    await wizard.getByRole('button', { name: 'Restore', exact: true }).click()
    const progress = page.getByRole('dialog', { name: `Restore ${restoredName}` })
    await expect(progress.getByText(/ is there(, whole, and running| and whole)\.$/)).toBeVisible()
    await progress.getByRole('button', { name: 'Show machine' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(restoredName)
    await expect(page.getByRole('main').getByText('Running', { exact: true })).toBeVisible()
  })
  const uuid = await virsh('domuuid', restoredName)
  expect(await guestShell(uuid, readMarker)).toBe('two')
})
