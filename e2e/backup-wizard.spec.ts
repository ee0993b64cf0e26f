import { expect, type Locator, type Page } from '@playwright/test'
import { Failure } from '../shared/failure.ts'
import { openFake } from './console/fake-engine.ts'
import { openPolicies } from './console/policy-pages.ts'
import { ledger, policyEngine, policyWorld } from './console/policy-world.ts'
import { test } from './console/watched-page.ts'
import { machineId, manyWorld, now, repositoryId } from './console/worlds.ts'

const day = 86_400_000

test.beforeEach(async ({ page }) => {
  await page.clock.setFixedTime(now)
})

test('the wizard leads by mouse to the policy that was described', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  const next = wizard.getByRole('button', { name: 'Next' })

  await next.click()
  await expect(wizard.getByRole('alert')).toHaveText('Choose at least one machine.')
  await wizard.getByRole('textbox', { name: 'Search by name or host' }).fill('ledger')
  await wizard.getByRole('checkbox', { name: 'ledger-01' }).check()
  await wizard.getByRole('textbox', { name: 'Search by name or host' }).fill('web')
  await wizard.getByRole('checkbox', { name: 'web-01' }).check()
  await next.click()

  await wizard.getByRole('radio', { name: 'Do not ask' }).check()
  await wizard.getByRole('checkbox', { name: 'vdb of ledger-01' }).uncheck()
  await wizard.getByRole('checkbox', { name: 'vda of ledger-01' }).uncheck()
  await next.click()
  await expect(wizard.getByRole('alert')).toContainText('A machine has no disk left.')
  await wizard.getByRole('checkbox', { name: 'vda of ledger-01' }).check()
  await next.click()

  await expect(wizard.getByRole('radio', { name: '/mnt/backup/stillpoint' })).toBeChecked()
  await expect(wizard.getByRole('radio', { name: '/mnt/old' })).toBeDisabled()
  await next.click()

  await wizard.getByRole('radio', { name: 'Every few hours' }).click()
  await expect(wizard.getByRole('group', { name: 'Rule 1' }).getByRole('textbox', { name: 'Times' })).toHaveValue(
    '00:00, 04:00, 08:00, 12:00, 16:00, 20:00',
  )
  await wizard.getByRole('radio', { name: 'Every night' }).click()
  const full = wizard.getByRole('group', { name: 'Rule 2' })
  await full.getByRole('textbox', { name: 'Times' }).fill('25:00')
  await expect(full).toContainText('A time looks like 22:00')
  await next.click()
  await expect(wizard.getByRole('alert').last()).toHaveText('A rule lacks a time or a day.')
  await full.getByRole('textbox', { name: 'Times' }).fill('23:30')
  await next.click()

  await wizard.getByRole('textbox', { name: 'Weeks' }).fill('6')
  await wizard.getByRole('button', { name: 'Back' }).click()
  await wizard.getByRole('button', { name: 'How long' }).click()
  await expect(wizard.getByRole('textbox', { name: 'Weeks' })).toHaveValue('6')
  await next.click()

  await expect(wizard).toContainText('Full on Sunday at 23:30')
  await expect(wizard).toContainText('All disks but 1: vdb')
  await expect(wizard.getByRole('region', { name: 'What it will take' })).toContainText('about 13 minutes')
  await wizard.getByRole('textbox', { name: 'Name of the policy' }).fill('Ledger and web')
  await wizard.getByRole('button', { name: 'Save', exact: true }).click()

  await expect(page.getByRole('heading', { level: 1, name: 'Ledger and web' })).toBeVisible()
  expect(asked.saved).toEqual([
    {
      wish: {
        name: 'Ledger and web',
        enabled: true,
        machineIds: [ledger, machineId(1)],
        excluded: [{ machineId: ledger, disk: 'vdb' }],
        freeze: false,
        repositoryId,
        rules: [
          { method: 'incremental', on: { kind: 'every-day' }, hour: 22, minute: 0 },
          { method: 'full', on: { kind: 'weekdays', days: [0] }, hour: 23, minute: 30 },
          { method: 'differential', on: { kind: 'month-day', day: 1 }, hour: 22, minute: 0 },
        ],
        retention: { last: 7, hourly: 0, daily: 14, weekly: 6, monthly: 12, yearly: 0, minimum: 3 },
        enact: true,
        verifyEveryDays: 30,
      },
    },
  ])
  expect(asked.ran).toEqual([])
})

test('the keyboard alone leads to a saved policy that runs at once', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await page.getByRole('button', { name: 'Create policy…' }).focus()
  await press('Enter')
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await expect(wizard.getByRole('heading', { name: 'Machines', exact: true })).toBeFocused()
  await press('Tab')
  await expect(wizard.getByRole('textbox')).toBeFocused()
  await page.keyboard.type('build')
  await expect(wizard.getByRole('checkbox')).toHaveCount(3)
  await press('Tab', 'Tab')
  await expect(wizard.getByRole('checkbox', { name: 'build-02' })).toBeFocused()
  await press('ArrowDown')
  await expect(wizard.getByRole('checkbox', { name: 'build-10' })).toBeFocused()
  await press('Space')
  for (const step of ['What', 'Where', 'When', 'How long', 'Summary']) {
    await tabTo(page, wizard.getByRole('button', { name: 'Next' }))
    await press('Enter')
    await expect(wizard.getByRole('heading', { name: step, exact: true })).toBeFocused()
  }
  await expect(wizard.getByRole('textbox', { name: 'Name of the policy' })).toHaveValue('Nightly 2')
  await tabTo(page, wizard.getByRole('button', { name: 'Save and run now' }))
  await press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  expect(asked.saved.map(({ wish }) => [wish.name, wish.machineIds, wish.rules.length])).toEqual([
    ['Nightly 2', [machineId(8)], 3],
  ])
  expect(asked.ran).toEqual([{ policyId: '9'.repeat(32), method: 'incremental' }])
})

test('what was saved before a run failed is not saved as a second policy', async ({ page }) => {
  const world = policyWorld()
  const failure = { code: 'host-unreachable', message: 'connect ECONNREFUSED' } as const
  const { asked, played } = policyEngine(world, { runIds: [], failed: [{ machineId: machineId(1), failure }] })
  let isDown = true
  await openFake(page, world, {
    ...played,
    async runPolicy(argument, signal) {
      const answer = await played.runPolicy(argument, signal)
      if (isDown) throw new Failure('engine-died', 'the engine is not there')
      return answer
    },
  })
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('checkbox', { name: 'web-01' }).check()
  await wizard.getByRole('button', { name: 'Summary' }).click()
  const run = wizard.getByRole('button', { name: 'Save and run now' })
  await run.click()
  await expect(wizard.getByRole('alert')).toContainText('the engine is not there')
  isDown = false
  await run.click()
  await expect(wizard.getByRole('listitem').filter({ hasText: 'web-01' })).toContainText(failure.message)
  await wizard.locator('.wizard-foot').getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Nightly 2' })).toBeVisible()
  expect(asked.saved.map(({ policyId }) => policyId)).toEqual([undefined, '9'.repeat(32)])
})

async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await wanted.evaluate((node) => node === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(wanted).toBeFocused()
}

test('Escape asks before it loses anything, and only then', async ({ page }) => {
  const world = policyWorld()
  await openFake(page, world, policyEngine(world).played)
  await openPolicies(page)
  const create = page.getByRole('button', { name: 'Create policy…' })
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await create.click()
  await expect(wizard).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(wizard).toBeHidden()
  await expect(create).toBeFocused()
  await create.click()
  await wizard.getByRole('checkbox', { name: 'web-01' }).check()
  await page.keyboard.press('Escape')
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Stay here' }).click()
  await expect(wizard.getByRole('checkbox', { name: 'web-01' })).toBeChecked()
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Leave' }).click()
  await expect(wizard).toBeHidden()
})

test('a repository that is made inside the wizard is the chosen one', async ({ page }) => {
  const world = policyWorld()
  const made = 'd'.repeat(32)
  const engine = policyEngine(world)
  await openFake(page, world, {
    ...engine.played,
    testStore: async () => ({ holds: 'nothing', freeBytes: 10 ** 12, totalBytes: 2 * 10 ** 12 }),
    async createRepository({ address }) {
      const fresh = { id: made, address, state: 'open', points: 0, coverage: { verified: 0, damaged: [] } } as const
      world.repositories = [...world.repositories, { ...fresh, coverage: { verified: 0, damaged: [] } }]
      return { repositoryId: made, recoveryWords: 'one two three four' }
    },
  })
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('checkbox', { name: 'web-01' }).check()
  await wizard.getByRole('button', { name: 'Where' }).click()
  await wizard.getByRole('button', { name: 'Create repository…' }).click()
  const creation = page.getByRole('dialog', { name: 'Create a repository' })
  await creation.getByRole('textbox', { name: 'Folder' }).fill('/mnt/second')
  await creation.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse battery staple')
  await creation.getByRole('textbox', { name: 'Passphrase again' }).fill('correct horse battery staple')
  await creation.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('checkbox', { name: 'I have printed or written them down' }).check()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(wizard.getByRole('radio', { name: '/mnt/second' })).toBeChecked()
  await expect(wizard.getByRole('heading', { name: 'Where' })).toBeVisible()
})

test('the calendar shows the nightly template: one start a night, the heavier method where rules meet', async ({
  page,
}) => {
  const world = policyWorld()
  await openFake(page, world, policyEngine(world).played)
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('button', { name: 'When' }).click()
  const calendar = wizard.getByRole('region', { name: 'The next five weeks' })
  const cells = calendar.getByRole('cell')
  await expect(cells).toHaveCount(35)
  // 22 November 2026 is the Sunday of the first week; what lies before it is past.
  const texts = await cells.allTextContents()
  const wanted = Array.from({ length: 35 }, (_, at) => {
    const date = new Date(Date.UTC(2026, 10, 16 + at))
    const method = date.getUTCDay() === 0 ? 'Full' : date.getUTCDate() === 1 ? 'Differential' : 'Incremental'
    const label = date.getUTCDate() === 1 ? '1 Dec' : String(date.getUTCDate())
    return at < 6 ? label : `${label}${method} 22:00`
  })
  const short = (text: string): string => text.replace('Dec 1', '1 Dec')
  expect(texts.map(short)).toEqual(wanted)
})

test('a year ahead of a machine without points shows what the rules would leave', async ({ page }) => {
  const world = policyWorld()
  await openFake(page, world, policyEngine(world).played)
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('checkbox', { name: 'ad-dc-01' }).check()
  await wizard.getByRole('button', { name: 'How long' }).click()
  await expect(wizard.getByRole('radio', { name: 'In a year' })).toBeChecked()
  const nights = Array.from({ length: 365 }, (_, at) => {
    // 22:00 in Shanghai, where these pages are read.
    const createdAt = Date.UTC(2026, 10, 22, 14) + at * day
    return { id: String(at), createdAt, pinned: false }
  })
  // Of daily points, 14 days, 8 weeks and 12 months hold so many different newest ones.
  const stay = shanghaiKept(nights)
  await expect(wizard.getByRole('status')).toHaveText(
    `By then 365 points would have been made; ${stay} would stay and ${365 - stay} would go.`,
  )
})

/** Counts by hand, in Shanghai's days: the newest 7, and the newest of 14 days, 8 weeks and 12 months. */
function shanghaiKept(nights: readonly { readonly createdAt: number }[]): number {
  const newestFirst = nights.map(({ createdAt }) => new Date(createdAt + 8 * 3_600_000)).toReversed()
  const firsts = (spanOf: (date: Date) => string, count: number): readonly Date[] =>
    newestFirst.filter((date, at, all) => at === 0 || spanOf(date) !== spanOf(all[at - 1] ?? date)).slice(0, count)
  const week = (date: Date): string => String(Math.floor((date.getTime() / day + 3) / 7))
  const staying = new Set([
    ...newestFirst.slice(0, 7),
    ...firsts((date) => date.toISOString().slice(0, 10), 14),
    ...firsts(week, 8),
    ...firsts((date) => date.toISOString().slice(0, 7), 12),
  ])
  return staying.size
}

test('a thousand machines are searched, walked and chosen', async ({ page }) => {
  const world = manyWorld(1000, 10)
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  await page.getByRole('button', { name: 'Create policy…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Protect machines' })
  await wizard.getByRole('checkbox', { name: 'All shown' }).check()
  await expect(wizard.getByRole('status')).toHaveText('1000 of 1000 selected')
  await wizard.getByRole('checkbox', { name: 'node-0', exact: true }).focus()
  await page.keyboard.press('End')
  await expect(wizard.getByRole('checkbox', { name: 'node-999' })).toBeFocused()
  await page.keyboard.press('Space')
  await expect(wizard.getByRole('status')).toHaveText('999 of 1000 selected')
  await wizard.getByRole('button', { name: 'Summary' }).click()
  await wizard.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(wizard).toBeHidden()
  expect(asked.saved[0]?.wish.machineIds.length).toBe(999)
})
