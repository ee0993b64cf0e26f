import { expect, type Page } from '@playwright/test'
import { Failure } from '../shared/failure.ts'
import { kept } from '../shared/retention.ts'
import { openFake } from './console/fake-engine.ts'
import { openPolicies, row } from './console/policy-pages.ts'
import { ledger, ledgerPoints, nightly, policyEngine, policyWorld } from './console/policy-world.ts'
import { expectAccessible, lookLike, looks, test } from './console/watched-page.ts'
import { machineId, now, repositoryId } from './console/worlds.ts'

test.beforeEach(async ({ page }) => {
  await page.clock.setFixedTime(now)
})

test('the retention preview says of the real points what the product’s own rule says', async ({ page }) => {
  const world = policyWorld()
  await openFake(page, world, policyEngine(world).played)
  await openPolicies(page)
  await page.getByRole('link', { name: 'Nightly', exact: true }).click()
  const policy = world.policies.find(({ id }) => id === nightly)
  if (policy === undefined) throw new Error('the world has no such policy')
  const points = ledgerPoints().map(({ id, createdAt }) => ({ id, createdAt, pinned: world.pins.includes(id) }))
  const staying = inZone('Asia/Shanghai', () => kept(points, policy.retention))
  const machine = row(page, 'ledger-01')
  await expect(machine.getByRole('cell').nth(4)).toHaveText('60')
  await expect(machine.getByRole('cell').nth(5)).toHaveText(String(staying.size))
  await expect(machine.getByRole('cell').nth(6)).toHaveText(String(60 - staying.size))
  await expect(machine).toContainText('Left out: vdb')

  await machine.getByRole('button', { name: 'Show the points of ledger-01' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Of 60 points' })).toHaveText(
    `Of 60 points ${staying.size} would stay and ${60 - staying.size} would go.`,
  )
  await page.getByText('Every point with its reasons').click()
  const list = page.locator('details').getByRole('row')
  await expect(list).toHaveCount(61)
  const shown = await list.evaluateAll((rows) => rows.slice(1).map((each) => each.children[1]?.textContent))
  expect(shown).toEqual(points.map(({ id }) => (staying.has(id) ? 'would stay' : 'would go')))
  const pinned = points.findIndex((each) => each.pinned)
  await expect(list.nth(pinned + 1)).toContainText('pinned')
})

/** Days are local time: `work` counts them where the page does. */
function inZone<T>(zone: string, work: () => T): T {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    return work()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}

test('running a policy now tells each machine that could not be started, with cause and next step', async ({
  page,
}) => {
  const world = policyWorld()
  const failure = { code: 'machine-busy', message: 'A backup of this machine is under way' } as const
  const { asked, played } = policyEngine(world, {
    runIds: ['e'.repeat(32), 'd'.repeat(32)],
    failed: [{ machineId: ledger, failure }],
  })
  await openFake(page, world, played)
  await openPolicies(page)
  await row(page, 'Nightly').getByRole('button', { name: 'Run now… Nightly' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run Nightly now' })
  await expect(dialog.getByRole('region', { name: 'In the way' })).toContainText('erp-db-01')
  await dialog.getByRole('radio', { name: 'Full' }).check()
  await dialog.getByRole('button', { name: 'Run now' }).click()
  await expect(dialog.getByRole('status')).toHaveText('2 backups have started.')
  await expect(dialog.getByRole('listitem')).toContainText(['ledger-01'])
  await expect(dialog.getByRole('listitem')).toContainText(failure.message)
  expect(asked.ran).toEqual([{ policyId: nightly, method: 'full' }])
  expect(asked.planned.at(-1)?.method).toBe('full')
})

test('a policy is switched off, and removed only after its name was typed', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  await expect(row(page, 'Nightly')).toContainText('3 done')
  await expect(row(page, 'Nightly')).toContainText('1 failed')
  await page.getByRole('link', { name: 'Nightly', exact: true }).click()
  const before = world.policies.find(({ id }) => id === nightly)
  await page.getByRole('switch', { name: 'Starts by its rules' }).click()
  await expect(page.getByRole('switch', { name: 'Starts by its rules' })).not.toBeChecked()
  await expect(page.getByText('Switched off')).toBeVisible()
  expect(asked.saved.map(({ policyId, wish }) => [policyId, wish.enabled, wish.machineIds])).toEqual([
    [nightly, false, before?.machineIds],
  ])

  await page.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove Nightly' })
  await expect(dialog).toContainText('Its points stay where they are')
  await expect(dialog).toContainText('ledger-01')
  const remove = dialog.getByRole('button', { name: 'Remove' })
  await dialog.getByRole('textbox').fill('nightly')
  await expect(remove).toBeDisabled()
  await dialog.getByRole('textbox').press('Enter')
  expect(asked.removed).toEqual([])
  await dialog.getByRole('textbox').fill('Nightly')
  await dialog.getByRole('textbox').press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Policies' })).toBeVisible()
  expect(asked.removed).toEqual([{ policyId: nightly }])
  await expect(row(page, 'Nightly')).toHaveCount(0)
})

test('a policy that is edited and saved unchanged asks for what it said', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  await page.getByRole('link', { name: 'Nightly', exact: true }).click()
  const before = world.policies.find(({ id }) => id === nightly)
  await page.getByRole('button', { name: 'Edit…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Change the policy Nightly' })
  await wizard.getByRole('button', { name: 'Summary' }).click()
  await wizard.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(wizard).toBeHidden()
  const { id: _, createdAt: __, lastAt: ___, nextAt: ____, ...wish } = before ?? { id: '', createdAt: 0 }
  expect(asked.saved).toEqual([{ policyId: nightly, wish }])
})

test('machines dropped on a policy join it, and anything else that is dropped does not', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openPolicies(page)
  const drop = (type: string, text: string): Promise<void> =>
    row(page, 'Nightly').evaluate(
      (node, [kind = '', data = '']) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.setData(kind, data)
        for (const name of ['dragover', 'drop'])
          node.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer }))
      },
      [type, text],
    )
  await drop('text/plain', JSON.stringify([machineId(4)]))
  await drop('application/x-stillpoint-machines', 'no JSON')
  await drop('application/x-stillpoint-machines', JSON.stringify([machineId(4), machineId(0)]))
  await expect(row(page, 'Nightly').getByRole('cell').nth(1)).toHaveText('6')
  expect(asked.saved.map(({ wish }) => wish.machineIds)).toEqual([
    [...[0, 1, 3, 5].map(machineId), ledger, machineId(4)],
  ])
})

async function openMachines(page: Page): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Machines/ })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: 'Machines' })).toBeVisible()
}

async function backUpChosen(page: Page, ...names: readonly string[]): Promise<void> {
  await page.getByRole('grid').focus()
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).click()
  await page.getByRole('main').getByRole('button', { name: 'Back up now…', exact: true }).last().click()
}

test('one machine is backed up now as it was asked', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, played)
  await openMachines(page)
  await backUpChosen(page, 'ledger-01')
  const dialog = page.getByRole('dialog', { name: 'Back up ledger-01' })
  await dialog.getByRole('checkbox', { name: 'vdb of ledger-01' }).uncheck()
  await dialog.getByRole('checkbox', { name: 'vda of ledger-01' }).uncheck()
  await expect(dialog.getByRole('alert')).toHaveText('At least one disk has to stay.')
  await expect(dialog.getByRole('button', { name: 'Back up now' })).toBeDisabled()
  await dialog.getByRole('checkbox', { name: 'vda of ledger-01' }).check()
  await dialog.getByRole('radio', { name: 'Differential' }).check()
  await dialog.getByRole('switch', { name: 'Ask the guest to quiesce' }).click()
  await expect(dialog.getByRole('region', { name: 'What it will take' })).toContainText('410 MiB')
  await dialog.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
  expect(asked.started).toEqual([
    { machineId: ledger, repositoryId, method: 'differential', freeze: false, excludedDisks: ['vdb'] },
  ])
})

test('of several machines that are backed up now, those that cannot be started are told', async ({ page }) => {
  const world = policyWorld()
  const { asked, played } = policyEngine(world)
  await openFake(page, world, {
    ...played,
    async startBackup(argument, signal) {
      if (argument.machineId === machineId(1)) throw new Failure('machine-busy', 'web-01 is being restored')
      return played.startBackup(argument, signal)
    },
  })
  await openMachines(page)
  await backUpChosen(page, 'ledger-01', 'web-01', 'file-01')
  const dialog = page.getByRole('dialog', { name: 'Back up 3 machines' })
  await dialog.getByRole('button', { name: 'Back up now' }).click()
  await expect(dialog).toContainText('2 backups have started.')
  await expect(dialog.getByRole('listitem')).toContainText(['web-01 is being restored'])
  expect(asked.started.map((each) => each.machineId).sort()).toEqual([machineId(3), ledger])
  await dialog.getByRole('button', { name: 'Show in Activity' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Activity' })).toBeVisible()
})

for (const { language, theme } of looks) {
  const ending = `${language}-${theme}`

  test(`policies and the wizard are accessible (${ending})`, async ({ page }) => {
    await lookLike(page, { language, theme })
    const world = policyWorld()
    world.settings = { ...world.settings, language, theme }
    await openFake(page, world, policyEngine(world).played)
    await page.goto(`${page.url().split('#')[0]}#/policies`)
    await expect(page.getByRole('link', { name: 'Nightly', exact: true })).toBeVisible()
    await look(page, `policies-${ending}`)
    await page.locator('.screen-head button').click()
    const wizard = page.getByRole('dialog')
    await wizard.getByRole('checkbox', { name: 'ledger-01' }).check()
    await wizard.getByRole('checkbox', { name: 'erp-db-01' }).check()
    await wizard.getByRole('checkbox', { name: 'legacy-xp' }).check()
    await look(page, `wizard-1-${ending}`)
    for (const step of [1, 2, 3, 4, 5]) {
      await wizard.getByRole('navigation').getByRole('button').nth(step).click()
      await expect(wizard.getByRole('heading', { level: 3 })).toBeFocused()
      await look(page, `wizard-${step + 1}-${ending}`)
    }
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(2)
    await look(page, `wizard-leave-${ending}`)
    await page.getByRole('dialog').last().getByRole('button').last().click()
    await expect(page.getByRole('dialog')).toHaveCount(0)

    await page.getByRole('link', { name: 'Nightly', exact: true }).click()
    const machine = row(page, 'ledger-01')
    await expect(machine).toBeVisible()
    await look(page, `policy-${ending}`)
    await machine.getByRole('button').click()
    await page.locator('details summary').click()
    await machine.scrollIntoViewIfNeeded()
    await look(page, `policy-retention-${ending}`)
    for (const at of [0, 2]) {
      await page.locator('.screen-head button').nth(at).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await look(page, `policy-dialog-${at}-${ending}`)
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
    }
  })
}

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}
