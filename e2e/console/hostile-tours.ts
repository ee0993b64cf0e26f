import { expect, type Locator, type Page } from '@playwright/test'
import { visible } from '../../renderer/text/visible.ts'
import type { Handlers } from '../../shared/contract.ts'
import type { Emit } from '../../shared/wire.ts'
import type { World } from './fake-engine.ts'
import { fullMachine, goneMachine, idOfPolicy, idOfRun } from './hostile-world.ts'
import { machineId, now, point, pointId } from './worlds.ts'

/** What a tour is led by: names may stand anywhere, so it finds its way by places, roles and our own words alone. */
export type Guide = {
  readonly page: Page
  readonly world: World
  readonly names: readonly string[]
  /** The same with what hides made visible. */
  readonly shown: readonly string[]
  readonly emit: Emit
  /** Takes down what the page is made of now. */
  see(where: string): Promise<void>
  /** The same, as soon as all of `shown` are told there. */
  seeAll(where: string, within?: 'page' | 'dialog'): Promise<void>
}
export type Tour = (guide: Guide) => Promise<void>

export function playedBy(names: readonly string[]): Partial<Handlers<AbortSignal>> {
  const [first = ''] = names
  return {
    findHosts: async () => names.map((name) => ({ address: { kind: 'libvirt', uri: name }, name, machines: 1 })),
    testHost: async () => ({ name: first, machines: 1 }),
    listFolders: async ({ folder = first }) => ({ folder, parent: first, folders: [...names] }),
    testStore: async () => ({ holds: 'nothing', freeBytes: 1000, totalBytes: 2000 }),
    listTrash: async () =>
      names.map((name, at) => ({
        point: { ...point(at, at, name, 2, true), id: pointId(800 + at) },
        droppedAt: now,
        why: 'person',
        purgeAt: now,
      })),
    listSlots: async () => [{ id: 'a'.repeat(64), kind: 'passphrase', damaged: false }],
    about: async () => ({ version: '0.1.0', carrier: 'node', home: names[26] ?? first, secrets: 'files' }),
    planBackup: async ({ machineIds }) => ({
      machines: machineIds.map((id) => ({
        machineId: id,
        basis: 'first' as const,
        bytesRead: 10,
        bytesStored: 10,
        obstacles: ['machine-gone' as const],
      })),
    }),
    planRestore: async ({ target }) => ({
      writes: names.map((name) => ({ disk: name, path: name, sizeBytes: 10, overwrites: target.kind === 'in-place' })),
      bytes: 600,
      undo: 'undo-point',
      obstacles: ['name-taken'],
    }),
    runPolicy: async () => ({
      runIds: [],
      failed: names.map((name, at) => ({
        machineId: machineId(at),
        failure: { code: 'host-refused' as const, message: name },
      })),
    }),
  }
}

async function go({ page }: Guide, fragment: string, heading: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), `#/${fragment}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(heading)
}

async function leave(page: Page): Promise<void> {
  const dialogs = page.getByRole('dialog')
  await expect(dialogs).not.toHaveCount(0)
  await page.keyboard.press('Escape')
  const discard = page.getByRole('button', { name: 'Leave', exact: true })
  await expect(async () => {
    if (await discard.isVisible()) await discard.click()
    await expect(dialogs).toHaveCount(0, { timeout: 500 })
  }).toPass()
}

async function lists(guide: Guide): Promise<void> {
  const { page } = guide
  await go(guide, 'overview', 'Overview')
  await expect(
    page
      .getByRole('main')
      .getByTitle(guide.shown[0] ?? '', { exact: true })
      .first(),
  ).toBeVisible()
  await guide.see('overview')
  for (const [place, heading] of Object.entries({
    machines: 'Machines',
    policies: 'Policies',
    activity: 'Activity',
    repositories: 'Repositories',
    hosts: 'Hosts',
  })) {
    await go(guide, place, heading)
    await guide.seeAll(place)
  }
  await go(guide, 'settings', 'Settings')
  await expect(page.getByText(guide.shown[26] ?? '')).toBeVisible()
  await guide.see('settings')
}

async function machines(guide: Guide): Promise<void> {
  const grid = guide.page.getByRole('grid', { name: 'Lineage' })
  for (const [at, shown] of guide.shown.entries()) {
    await go(guide, `machine/${machineId(at)}/${pointId(at)}`, shown)
    await expect(grid).toBeVisible()
    await guide.see('a machine with a point chosen')
  }
  await go(guide, `machine/${machineId(goneMachine)}`, 'gone')
  await expect(grid).toBeVisible()
  await guide.see('a machine that is gone')
}

async function lineage(guide: Guide): Promise<void> {
  const { page } = guide
  await go(guide, `machine/${machineId(fullMachine)}`, 'full')
  await guide.seeAll('a machine with many snapshots')
  const grid = page.getByRole('grid', { name: 'Lineage' })
  await grid.focus()
  await page.keyboard.press('Home')
  for (const _ of guide.names) {
    await page.keyboard.press('ArrowDown')
    await guide.see('what is known of a snapshot')
  }
  await page.keyboard.press('End')
  for (const act of ['Revert…', 'Delete…']) {
    await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: act }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await guide.see(`snapshot: ${act}`)
    await leave(page)
  }
}

async function policies(guide: Guide): Promise<void> {
  const { page } = guide
  for (const { id, name } of guide.world.policies) {
    await go(guide, `policy/${id}`, visible(name))
    await guide.see('a policy')
  }
  await go(guide, `policy/${idOfPolicy(0)}`, guide.shown[0] ?? '')
  for (const act of ['Remove…', 'Run now…', 'Edit…']) {
    await page.getByRole('main').getByRole('button', { name: act, exact: true }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await guide.see(`policy: ${act}`)
    await leave(page)
  }
  await page.getByRole('main').getByRole('button', { name: 'Run now…', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run now', exact: true }).click()
  await guide.seeAll('policy: what could not be started', 'dialog')
  await leave(page)
}

async function runs(guide: Guide): Promise<void> {
  const { page, world, emit } = guide
  for (const [at, shown] of guide.shown.entries()) {
    await go(guide, `activity/${idOfRun(at)}`, 'Activity')
    await expect(page.getByRole('complementary').getByRole('heading').first()).toContainText(shown)
    await guide.see('a run')
  }
  for (const run of world.runs.filter(({ state }) => state === 'running')) {
    const failure = { code: 'target-failed', message: run.machineName ?? '' } as const
    emit('run', { ...run, state: 'failed', endedAt: now, failure })
  }
  await expect(page.getByText('Run failed', { exact: false }).first()).toBeVisible()
  await guide.see('the notice of a failed run')
}

async function panes(guide: Guide): Promise<void> {
  const { page } = guide
  const pane = page.getByRole('complementary')
  await go(guide, 'repositories', 'Repositories')
  const choices = page.getByRole('main').getByRole('table').getByRole('button')
  await expect(choices).toHaveCount(guide.names.length)
  for (const choice of await choices.all()) {
    await choice.click()
    await expect(choice).toHaveAttribute('aria-pressed', 'true')
    await guide.see('a repository')
  }
  await choices.nth(0).click()
  for (const tab of ['Upkeep', 'Copies', 'Lock', 'Keys', 'Place']) {
    await pane.getByRole('tab', { name: tab }).click()
    const more = pane.getByRole('button', { name: /more points/ })
    if (tab === 'Upkeep') await more.click()
    await guide.see(`repository: ${tab}`)
  }
  await pane.getByRole('button', { name: 'Remove…' }).click()
  await guide.see('repository: Remove…')
  await leave(page)

  await go(guide, 'hosts', 'Hosts')
  const hosts = page.getByRole('button', { name: /^Details of / })
  await expect(hosts).toHaveCount(guide.names.length)
  for (const host of await hosts.all()) {
    await host.click()
    await guide.see('a host')
  }
  await pane.getByRole('button', { name: 'Remove…' }).click()
  await guide.see('host: Remove…')
  await leave(page)
}

async function next(guide: Guide, wizard: Locator, heading: string): Promise<void> {
  await wizard
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(`${heading}$`) })
    .click()
  await expect(wizard.getByRole('heading', { name: heading })).toBeVisible()
  await guide.see(`wizard: ${heading}`)
}

async function restore(guide: Guide): Promise<void> {
  const { page } = guide
  const wizard = page.getByRole('dialog')
  await go(guide, `machine/${machineId(fullMachine)}/${pointId(9000)}`, 'full')
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Restore…' }).click()
  await next(guide, wizard, 'Moment')
  await next(guide, wizard, 'What')
  await wizard.getByRole('radio', { name: 'Chosen disks' }).check()
  await guide.seeAll('restore: the disks', 'dialog')
  await wizard.getByRole('radio', { name: 'The whole machine' }).check()
  await next(guide, wizard, 'Where')
  await wizard.getByRole('radio', { name: 'Over the original machine' }).check()
  await next(guide, wizard, 'Plan')
  await expect(wizard.getByLabel('Type the machine’s name to confirm')).toBeVisible()
  await guide.seeAll('restore: what is overwritten', 'dialog')
  await leave(page)

  await page.getByRole('main').getByRole('button', { name: 'Back up now…' }).first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await guide.seeAll('the backup dialog', 'dialog')
  await leave(page)
}

async function protect(guide: Guide): Promise<void> {
  const { page } = guide
  const wizard = page.getByRole('dialog')
  await go(guide, 'policies', 'Policies')
  await page.getByRole('main').getByRole('button', { name: 'Create policy…' }).click()
  await guide.seeAll('protect: which machines', 'dialog')
  await wizard.getByRole('checkbox').last().check()
  for (const heading of ['What', 'Where', 'When', 'How long', 'Summary']) await next(guide, wizard, heading)
  await leave(page)
}

/** The longest part of a name that people can type. */
function typedFor(shown: string): string {
  const parts = shown.split(/⟦.*?⟧/)
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest)).trim()
}

async function palette(guide: Guide): Promise<void> {
  const { page } = guide
  await go(guide, 'overview', 'Overview')
  await page.keyboard.press('Control+k')
  const input = page.getByRole('combobox', { name: 'Search and commands' })
  for (const shown of guide.shown) {
    await input.fill(typedFor(shown))
    await expect(page.getByRole('option').filter({ hasText: shown }).first()).toBeVisible()
    await guide.see('the palette')
  }
  await leave(page)
}

/** Everything that is shown before there is a point. */
export async function firstRun(guide: Guide): Promise<void> {
  const { page } = guide
  await expect(page.getByRole('heading', { level: 1, name: 'Get your first point' })).toBeVisible()
  await page.getByRole('button', { name: /Find a host/ }).click()
  await guide.seeAll('first run: hosts')
  await page.getByRole('button', { name: 'Browse…' }).first().click()
  await guide.seeAll('first run: folders')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /Choose where backups go/ }).click()
  await guide.seeAll('first run: repositories')
  await page.getByRole('button', { name: /Protect a machine/ }).click()
  await guide.seeAll('first run: machines')
  await page.getByRole('button', { name: 'Test: what will it take?' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await guide.see('first run: what is in the way')
}

export const tours: Readonly<Record<string, Tour>> = {
  lists,
  machines,
  'the lineage': lineage,
  policies,
  runs,
  'repositories and hosts': panes,
  'restore and backup': restore,
  'the backup wizard': protect,
  'the palette': palette,
}
