import { expect, type Page } from '@playwright/test'
import { texts } from '../renderer/text/texts.ts'
import { GiB } from '../shared/units.ts'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, type Look, lookLike, looks, test } from './console/watched-page.ts'
import { busyWorld, emptyWorld, machineId, now } from './console/worlds.ts'

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string, { language, theme }: Look): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${language}-${theme}.png` })
}

async function show(page: Page, fragment: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}${fragment}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

async function shut(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

const engine = {
  findHosts: async () => [
    { address: { kind: 'libvirt', uri: 'qemu:///system' } as const, name: 'kvm-1', machines: 12 },
  ],
  listFolders: async () => ({
    folder: '/home/admin',
    parent: '/home',
    folders: ['/home/admin/backup', '/home/admin/虚拟机'],
  }),
  testStore: async () => ({ holds: 'other' as const, freeBytes: 186 * GiB, totalBytes: 838 * GiB }),
  planBackup: async () => ({ machines: [] }),
}

const screens = ['overview', 'machines', 'files', 'policies', 'activity', 'repositories', 'hosts', 'settings'] as const

for (const each of looks) {
  const ending = `${each.language}-${each.theme}`
  const words = texts[each.language]

  test(`the first run and every empty screen lead on and are accessible (${ending})`, async ({ page }) => {
    await lookLike(page, each)
    await openFake(page, emptyWorld(), engine)
    await expect(page.getByRole('heading', { name: words.start.title })).toBeVisible()
    await expect(page.getByText('qemu:///system')).toBeVisible()
    await look(page, 'first-run-host', each)
    await page.getByRole('button', { name: new RegExp(words.start.repositoryTitle) }).click()
    await page.getByRole('button', { name: words.start.test, exact: true }).click()
    await page.getByLabel(words.start.passphrase, { exact: true }).fill('correct horse')
    await expect(page.getByText(words.start.holdsOther)).toBeVisible()
    await look(page, 'first-run-repository', each)
    await page.getByRole('button', { name: words.folders.browse }).click()
    await expect(page.getByRole('listbox')).toBeFocused()
    await look(page, 'folders', each)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: new RegExp(words.start.protectTitle) }).click()
    await look(page, 'first-run-protect', each)
    for (const screen of screens.slice(1)) {
      await show(page, `#/${screen}`)
      await look(page, `empty-${screen}`, each)
    }
  })

  test(`every screen at work is accessible, narrow ones too (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, each)
    await openFake(page, busyWorld(), engine)
    for (const screen of screens) {
      await show(page, `#/${screen}`)
      await look(page, screen, each)
    }
    await show(page, '#/overview')
    await page.getByRole('region', { name: words.overview.calendar }).scrollIntoViewIfNeeded()
    await look(page, 'overview-below', each)
    await page.setViewportSize({ width: 820, height: 640 })
    for (const screen of screens) {
      await show(page, `#/${screen}`)
      await look(page, `narrow-${screen}`, each)
    }
  })

  test(`hosts, the palette and what it opens are accessible (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, each)
    const world = busyWorld()
    await openFake(page, world, engine)
    await show(page, '#/hosts')
    await page.getByRole('button', { name: 'kvm-2' }).click()
    await look(page, 'host', each)
    await page.getByRole('button', { name: words.hosts.remove }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, 'host-remove', each)
    await shut(page)
    for (const [name, button] of [
      ['host-add', words.hosts.add],
      ['host-sample', words.hosts.sample],
    ] as const) {
      await page.getByRole('button', { name: button }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await look(page, name, each)
      await shut(page)
    }
    const commands = words.palette.command
    const named = (text: string): string => text.replace('{{name}}', 'mail-01')
    for (const [name, text] of [
      ['palette', 'mail'],
      ['back-up', named(commands.backUp)],
      ['protect', commands.protect],
      ['restore', named(commands.restore)],
      ['repository-create', commands.createRepository],
      ['repository-open', commands.openRepository],
    ] as const) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: words.palette.title }).fill(text)
      await expect(page.getByRole('option').first()).toContainText(text)
      if (name !== 'palette') {
        await page.keyboard.press('Enter')
        await expect(page.getByRole('combobox', { name: words.palette.title })).toHaveCount(0)
        await expect(page.getByRole('dialog')).toBeVisible()
      }
      await look(page, name, each)
      await shut(page)
    }
    await show(page, `#/machine/${machineId(4)}`)
    await look(page, 'machine', each)
  })
}
