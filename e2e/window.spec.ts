import { expect, type Page } from '@playwright/test'
import { visible } from '../renderer/text/visible.ts'
import { MiB } from '../shared/units.ts'
import { openFake } from './console/fake-engine.ts'
import { hostileNames } from './console/hostile-names.ts'
import { expectAccessible, test, watch } from './console/watched-page.ts'
import { busyWorld, emptyWorld, machineId, now, point, run } from './console/worlds.ts'

/** Every place where a name from a host or a guest can be: each of sixty is a machine, a disk, a host, a policy, a run… */
function hostileWorld() {
  const world = busyWorld()
  const [host] = world.hosts
  const [machine] = world.machines
  const [repository] = world.repositories
  const [policy] = world.policies
  if (!host || !machine || !repository || !policy) throw new Error('the world is empty')
  const machines = hostileNames.map((name, at) => ({
    ...machine,
    id: machineId(1000 + at),
    name,
    disks: [{ name, format: name.slice(0, 20), path: name, problem: name }],
    snapshots: [],
  }))
  const failure = { code: 'bug', message: hostileNames.join(' ') } as const
  return {
    ...world,
    machines,
    points: hostileNames
      .slice(0, 30)
      .map((name, at) => ({ ...point(at, 1000 + at, name, at, true), warnings: [name] })),
    hosts: hostileNames.slice(0, 12).map((name, at) => ({
      ...host,
      id: at === 0 ? host.id : machineId(5000 + at),
      name,
      problem: name,
    })),
    repositories: [
      {
        ...repository,
        address: { kind: 'folder', folder: hostileNames[25] ?? '' } as const,
        problem: hostileNames[26] ?? '',
      },
    ],
    policies: hostileNames.map((name, at) => ({ ...policy, id: String(at).padStart(32, '0'), name, problem: name })),
    runs: hostileNames.map((name, at) =>
      run(at, {
        state: 'failed',
        machineId: machineId(1000 + at),
        machineName: name,
        failure,
        warnings: [name],
        target: name,
      }),
    ),
  }
}

async function show(page: Page, fragment: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}${fragment}`)
}

test('hostile names are shown as text on every screen, marks stand where they would deceive, and nothing runs', async ({
  page,
}) => {
  test.slow()
  await openFake(page, hostileWorld())
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  for (const screen of ['overview', 'machines', 'policies', 'activity', 'repositories', 'hosts', 'settings']) {
    await show(page, `#/${screen}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectAccessible(page)
  }
  for (const [at, name] of hostileNames.entries()) {
    await show(page, `#/machine/${machineId(1000 + at)}`)
    const heading = page.getByRole('heading', { level: 1 })
    await expect.poll(() => heading.evaluate((node) => node.textContent), name).toContain(visible(name))
    await expect(page).toHaveTitle(`${visible(name)} · Machines · Stillpoint`.replace(/\s+/g, ' ').trim())
  }
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search and commands' })
  for (const typed of ['onerror', 'gpj', 'constructor', 'wide wide']) {
    await field.fill(typed)
    await expect(page.getByRole('option').first()).toContainText(typed)
  }
  await expectAccessible(page)
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  expect(await page.locator('img, iframe, base, math, script:not([src])').count()).toBe(0)
})

test('language and theme are switched in the header, kept by the engine, and followed by another window', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' })
  const world = emptyWorld()
  const emit = await openFake(page, world)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: '切换到中文' }).click()
  await page.getByRole('button', { name: '使用深色' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await expect.poll(() => [world.settings.language, world.settings.theme]).toEqual(['zh-CN', 'dark'])
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: '创建第一个还原点' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  world.settings = { ...world.settings, language: 'en', theme: 'light' }
  emit('settingsChanged', null)
  await expect(page.getByRole('heading', { level: 1, name: 'Get your first point' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light')
})

test('the keyboard alone skips to the content, and focus is seen wherever it is', async ({ page }) => {
  await openFake(page, busyWorld())
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: /Protected$/ }).first()).toBeFocused()
  for (let tabs = 0; tabs < 12; tabs++) {
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    expect(outline, String(tabs)).not.toBe('none')
    await page.keyboard.press('Tab')
  }
})

test('progress, ends and changed lists arrive as events, and a failure is noticed once', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const world = { ...busyWorld(), runs: [] }
  const emit = await openFake(page, world)
  await expect(page.getByRole('contentinfo')).toContainText('Nothing is running')
  const progress = { ...run(0, {}).progress, bytesTotal: 100 * MiB, bytesRead: 25 * MiB, bytesPerSecond: 5 * MiB }
  const going = run(1, { state: 'running', machineName: 'web-01', progress: { ...progress, secondsLeft: 15 } })
  emit('run', going)
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('web-01')
  await expect(status).toContainText('25 %')
  await expect(status).toContainText('5 MiB/s')
  const failed = { ...going, state: 'failed', failure: { code: 'host-unreachable', message: 'gone' } } as const
  emit('run', { ...failed, endedAt: now })
  emit('run', { ...failed, endedAt: now })
  await expect(page.getByText('Run failed: web-01')).toHaveCount(1)
  await expect(page.getByRole('alert').filter({ hasText: 'The host does not answer.' })).toHaveCount(1)
  await expectAccessible(page)

  world.machines = world.machines.filter(({ name }) => name !== 'web-01')
  world.points = world.points.filter(({ machineName }) => machineName !== 'web-01')
  emit('machinesChanged', null)
  emit('pointsChanged', null)
  await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click()
  await expect(page.getByRole('link', { name: 'mail-01' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'web-01' })).toHaveCount(0)
})

test('printing the recovery words prints the sheet alone', async ({ page }) => {
  const words = Array.from({ length: 24 }, (_, at) => `word${at}`).join(' ')
  await openFake(page, emptyWorld(), {
    createRepository: async () => ({ repositoryId: 'a'.repeat(32), recoveryWords: words }),
  })
  await page.getByRole('button', { name: /Choose where backups go/ }).click()
  await page.getByLabel('Folder of the repository').fill('/mnt/backup')
  await page.getByLabel('Passphrase', { exact: true }).fill('secret')
  await page.getByLabel('Passphrase again').fill('secret ')
  await expect(page.getByRole('button', { name: 'Create repository' })).toBeDisabled()
  await expect(page.getByText('The two passphrases differ.')).toBeVisible()
  await page.getByLabel('Passphrase again').fill('secret')
  await page.getByRole('button', { name: 'Create repository' }).click()
  await expect(page.getByText('word23')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('word23')).toBeVisible()
  await expect(page.getByText('/mnt/backup')).toBeVisible()
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByLabel('I have printed or written them down')).toBeHidden()
})

test('the watch itself catches what the policy forbids', async ({ browser }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const misdeeds = await watch(page)
  await openFake(page, emptyWorld())
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red">inline</p>')
  })
  await expect.poll(() => misdeeds.join()).toContain('policy: style-src')
  await context.close()
})
