import { expect } from '@playwright/test'
import { texts } from '../renderer/text/texts.ts'
import type { Argument } from '../shared/contract.ts'
import { failureCodes } from '../shared/failure.ts'
import { MiB } from '../shared/units.ts'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, lookLike, test, watch } from './console/watched-page.ts'
import { busyWorld, emptyWorld, now, run } from './console/worlds.ts'

const hostileNames = [
  '<img src=x onerror="globalThis.pwned=1">',
  '"><script>globalThis.pwned=1</script>',
  'javascript:globalThis.pwned=1',
  '{{constructor.constructor("globalThis.pwned=1")()}} $t(nav.hosts)',
  'photo\u202Egpj.exe',
  'zero\u200Bwidth',
  'line\nbreak\u0000nul',
  'wide '.repeat(60),
  '../../etc/passwd',
]
const marked = ['photo⟦U+202E⟧gpj.exe', 'zero⟦U+200B⟧width', 'line⟦U+000A⟧break⟦U+0000⟧nul']

test('hostile names are shown as text, marks stand where they would deceive, and nothing runs', async ({ page }) => {
  const world = busyWorld()
  const [host] = world.hosts
  const machines = hostileNames.map((name, at) => ({
    id: `00000000-0000-4000-8000-00000000010${at}`,
    hostId: host?.id ?? '',
    name,
    state: 'running' as const,
    transient: false,
    disks: [{ name, format: name.slice(0, 20), problem: name }],
    snapshots: [],
  }))
  const failure = { code: 'bug', message: hostileNames.join(' ') } as const
  const runs = hostileNames.map((name, at) =>
    run(at, { state: 'failed', machineName: name, failure, warnings: [name] }),
  )
  const hosts = world.hosts.map((each) => ({ ...each, name: hostileNames[0] ?? '', problem: hostileNames[1] }))
  const repositories = world.repositories.map((each) => ({ ...each, problem: hostileNames[4] }))
  await openFake(page, { ...world, machines, hosts, repositories, runs })
  for (const name of [...hostileNames.slice(0, 4), ...marked]) await expect(page.getByTitle(name).first()).toBeVisible()
  const cut = page.getByTitle('wide wide').first()
  expect(await cut.evaluate((node) => node.scrollWidth > node.clientWidth)).toBe(true)
  await expectAccessible(page)

  for (const [at, name] of hostileNames.entries()) {
    await page.goto(`${page.url().split('#')[0]}#/machine/${machines[at]?.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name.slice(0, 4))
    await page.getByRole('button', { name: 'Back up now…' }).first().click()
    await expect(page.getByRole('dialog')).toContainText(`Back up ${name.slice(0, 4)}`)
    await page.keyboard.press('Escape')
  }
  for (const screen of ['Activity', 'Repositories', 'Hosts']) {
    await page.getByRole('navigation').getByRole('link', { name: screen }).click()
    await expect(page.getByRole('heading', { level: 1, name: screen })).toBeVisible()
    await expectAccessible(page)
  }
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  expect(await page.locator('img, script:not([src])').count()).toBe(0)
})

for (const language of ['en', 'zh-CN'] as const) {
  test(`every failure is told as cause and next step (${language})`, async ({ page }) => {
    await lookLike(page, { language, theme: 'light' })
    const codes = failureCodes.filter((code) => code !== 'cancelled')
    const runs = codes.map((code, at) => run(at, { state: 'failed', failure: { code, message: `details of ${code}` } }))
    await openFake(page, { ...emptyWorld, runs })
    await page.getByRole('navigation').getByRole('link').nth(1).click()
    await expect(page.getByRole('article')).toHaveCount(codes.length)
    const shown = page.getByRole('alert')
    for (const [at, code] of codes.entries()) {
      await expect(shown.nth(at)).toContainText(texts[language].failure[code].cause)
      await expect(shown.nth(at)).toContainText(texts[language].failure[code].next)
      await expect(shown.nth(at)).toContainText(`details of ${code}`)
    }
  })
}

test('language and theme are switched in the header and remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await openFake(page, emptyWorld)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.getByRole('button', { name: '切换到中文' }).click()
  await page.getByRole('button', { name: '使用深色' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: '虚拟机' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
})

test('nothing is overwritten before the name of the machine is typed', async ({ page }) => {
  const asked: Argument<'startRestore'>[] = []
  const world = busyWorld()
  await openFake(page, world, {
    startRestore: async (argument) => {
      asked.push(argument)
      return { runId: 'e'.repeat(32) }
    },
  })
  await page.getByRole('link', { name: 'mail-01' }).click()
  await page
    .getByRole('button', { name: /^Restore… / })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'Over the original machine' }).check()
  await expect(dialog.getByRole('alert')).toContainText('vda')
  const overwrite = dialog.getByRole('button', { name: 'Overwrite and restore' })
  const name = dialog.getByLabel('Type the machine’s name to confirm')
  await expect(overwrite).toBeDisabled()
  await name.fill('mail-0')
  await name.press('Enter')
  await expect(overwrite).toBeDisabled()
  expect(asked).toEqual([])
  await name.fill('mail-01')
  await name.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  const newest = world.points.filter(({ machineName }) => machineName === 'mail-01')[0]
  expect(asked).toEqual([{ pointId: newest?.id, target: { kind: 'in-place' } }])
})

test('a backup is started by the keyboard alone, and focus comes back to where it was', async ({ page }) => {
  const asked: Argument<'startBackup'>[] = []
  await openFake(page, busyWorld(), {
    startBackup: async (argument) => {
      asked.push(argument)
      return { runId: 'e'.repeat(32) }
    },
  })
  await expect(page.getByRole('link', { name: 'mail-01' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Filter machines by name or host')).toBeFocused()
  await page.keyboard.type('mail')
  const backUp = page.getByRole('button', { name: 'Back up now… mail-01' })
  for (let tabs = 0; tabs < 12 && !(await backUp.evaluate((node) => node === document.activeElement)); tabs++)
    await page.keyboard.press('Tab')
  await expect(backUp).toBeFocused()
  expect(await backUp.evaluate((node) => getComputedStyle(node).outlineStyle)).toBe('solid')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(backUp).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('radio', { name: 'Incremental' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  expect(asked.map(({ method }) => method)).toEqual(['differential'])
})

test('progress, ends and changed lists arrive as events, and a failure is noticed once', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const world = { ...busyWorld(), runs: [] }
  const emit = await openFake(page, world)
  await expect(page.getByText('Nothing is running')).toBeVisible()
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
  await expect(page.getByText('The host does not answer.')).toHaveCount(1)
  await expectAccessible(page)

  world.machines = world.machines.filter(({ name }) => name !== 'web-01')
  world.points = world.points.filter(({ machineName }) => machineName !== 'web-01')
  emit('machinesChanged', null)
  emit('pointsChanged', null)
  await expect(page.getByRole('link', { name: 'web-01' })).toHaveCount(0)
})

test('printing the recovery words prints the sheet alone', async ({ page }) => {
  const words = Array.from({ length: 24 }, (_, at) => `word${at}`).join(' ')
  await openFake(page, emptyWorld, {
    createRepository: async () => ({ repositoryId: 'a'.repeat(32), recoveryWords: words }),
  })
  await page.getByRole('button', { name: 'Create repository…' }).click()
  await page.getByLabel('Folder').fill('/mnt/backup')
  await page.getByLabel('Passphrase', { exact: true }).fill('secret')
  await page.getByLabel('Passphrase again').fill('secret ')
  await expect(page.getByRole('button', { name: 'Create', exact: true })).toBeDisabled()
  await expect(page.getByText('The two passphrases differ.')).toBeVisible()
  await page.getByLabel('Passphrase again').fill('secret')
  await page.keyboard.press('Enter')
  await expect(page.getByText('word23')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('word23')).toBeVisible()
  await expect(page.getByText('/mnt/backup')).toBeVisible()
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByLabel('I have printed or written them down')).toBeHidden()
})

test('of a thousand machines only those in view are drawn, and every one can be reached', async ({ page }) => {
  const world = busyWorld()
  const [first] = world.machines
  if (first === undefined) throw new Error('the world is empty')
  const machines = Array.from({ length: 1000 }, (_, at) => ({
    ...first,
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    name: `node-${at}`,
  }))
  await openFake(page, { ...world, machines, points: [] })
  const last = page.getByRole('link', { name: 'node-999' })
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '1001')
  await expect(page.getByRole('link', { name: 'node-0', exact: true })).toBeVisible()
  await expect(last).toHaveCount(0)
  await page.getByRole('main').evaluate((content) => content.scrollTo(0, content.scrollHeight))
  await expect(last).toBeInViewport()
  expect(await page.getByRole('row').count()).toBeLessThan(100)
  await page.getByLabel('Filter machines by name or host').fill('node-77')
  await expect(page.getByRole('row')).toHaveCount(12)
})

test('the watch itself catches what the policy forbids', async ({ browser }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const misdeeds = await watch(page)
  await openFake(page, emptyWorld)
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red">inline</p>')
  })
  await expect.poll(() => misdeeds.join()).toContain('policy: style-src')
  await context.close()
})
