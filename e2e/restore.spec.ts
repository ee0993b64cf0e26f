import { expect, type Locator, type Page } from '@playwright/test'
import type { Argument, Handlers } from '../shared/contract.ts'
import type { Emit } from '../shared/wire.ts'
import { openFake, type World } from './console/fake-engine.ts'
import { ledger, ledgerPoint, planIn, restoreRun, restoreWorld, runId } from './console/restore-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { kvm } from './console/world-words.ts'
import { hour, machineId, now, repositoryId } from './console/worlds.ts'

type Asked = Argument<'startRestore'>
type Opened = { readonly wizard: Locator; readonly asked: readonly Asked[]; readonly emit: Emit }

/** Opens the wizard on the ledger's newest point, with an engine that plans by the world and takes every restore. */
async function openWizard(
  page: Page,
  world: World,
  played: Partial<Handlers<AbortSignal>> = {},
  point = ledgerPoint(0),
): Promise<Opened> {
  const asked: Asked[] = []
  await page.clock.setFixedTime(now)
  const emit = await openFake(page, world, {
    planRestore: planIn(world),
    startRestore: async (argument) => {
      asked.push(argument)
      return { runId }
    },
    showRun: async () => restoreRun({ state: 'queued' }),
    ...played,
  })
  await page.goto(`${page.url().split('#')[0]}#/machine/${ledger}/${point.id}`)
  await page
    .getByRole('button', { name: /^Restore…/ })
    .first()
    .click()
  const wizard = page.getByRole('dialog', { name: 'Restore ledger-01' })
  await expect(wizard).toBeVisible()
  return { wizard, asked, emit }
}

function step(wizard: Locator, name: string): Promise<void> {
  return wizard
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(`${name}$`) })
    .click()
}

test('a new machine is made with nothing but Enter, and is shown and started from where it came to be', async ({
  page,
}) => {
  const world = restoreWorld('running')
  const started: string[] = []
  const { wizard, asked, emit } = await openWizard(page, world, {
    startMachine: async (argument) => {
      started.push(argument.machineId)
      return null
    },
  })
  await expect(wizard.getByText('The guest agent froze the file systems')).toBeVisible()
  for (const heading of ['What', 'Where', 'Plan']) {
    await wizard.getByRole('button', { name: 'Next' }).press('Enter')
    await expect(wizard.getByRole('heading', { name: heading })).toBeFocused()
  }
  await expect(wizard.getByRole('cell', { name: '/pool/new-vda.qcow2' })).toBeVisible()
  await expect(wizard.getByText('about 6 min')).toBeVisible()
  await expect(wizard.getByText('800 GiB')).toBeVisible()
  await expect(wizard.getByText('Remove the new machine on its host.')).toBeVisible()
  await wizard.getByRole('button', { name: 'Restore', exact: true }).press('Enter')
  const target = { kind: 'new-machine', name: 'ledger-01-restored', hostId: kvm } as const
  await expect.poll(() => asked).toEqual([{ pointId: ledgerPoint(0).id, target }])

  const made = machineId(51)
  const going = restoreRun({ machineName: 'ledger-01-restored', machineId: made, targetKind: 'new-machine' })
  emit('run', going)
  const progress = page.getByRole('dialog', { name: 'Restore ledger-01-restored' })
  await expect(progress.getByText('30 %')).toBeVisible()
  await expect(progress.getByText('27 GiB of 90 GiB')).toBeVisible()
  await expect(progress.getByText('310 MiB/s')).toBeVisible()
  await expect(progress.getByText('writing to the target')).toBeVisible()
  await expect(progress.getByText('You may close this window; the run goes on.')).toBeVisible()
  await expectAccessible(page)
  const [original] = world.machines.filter(({ id }) => id === ledger)
  if (original === undefined) throw new Error('the world has no ledger')
  world.machines = [...world.machines, { ...original, id: made, name: 'ledger-01-restored', state: 'off' }]
  emit('machinesChanged', null)
  emit('run', { ...going, state: 'done', endedAt: now, target: 'ledger-01-restored' })
  await expect(progress.getByText('ledger-01-restored is there and whole.')).toBeVisible()
  await expectAccessible(page)
  await progress.getByRole('button', { name: 'Start it' }).click()
  await expect.poll(() => started).toEqual([made])
  await progress.getByRole('button', { name: 'Show machine' }).click()
  await expect(page).toHaveURL(new RegExp(`#/machine/${made}$`))
  await expect(progress).toBeHidden()
})

test('chosen disks become image files, never a new machine', async ({ page }) => {
  const { wizard, asked, emit } = await openWizard(page, restoreWorld())
  await step(wizard, 'What')
  await wizard.getByRole('radio', { name: 'Chosen disks' }).check()
  await wizard.getByRole('checkbox', { name: 'vda' }).uncheck()
  await wizard.getByRole('checkbox', { name: 'vdb' }).uncheck()
  await expect(wizard.getByText('Choose at least one disk.')).toBeVisible()
  await wizard.getByRole('checkbox', { name: 'vdb' }).check()
  await step(wizard, 'Where')
  await expect(wizard.getByRole('radio', { name: 'As a new machine' })).toBeDisabled()
  await expect(wizard.getByText('A new machine is made of all disks of the point')).toBeVisible()
  await expect(wizard.getByRole('radio', { name: 'As image files' })).toBeChecked()
  await step(wizard, 'Plan')
  await expect(wizard.getByText('Something is missing under “Where”.')).toBeVisible()
  await wizard.getByRole('button', { name: 'Change “Where”' }).click()
  await wizard.getByLabel('Folder for the image files', { exact: true }).fill('/taken')
  await step(wizard, 'Plan')
  await expect(wizard.getByRole('alert')).toContainText('Files of these names exist in the folder')
  await expect(wizard.getByRole('button', { name: 'Restore', exact: true })).toBeDisabled()
  await wizard.getByRole('button', { name: 'Choose another folder' }).click()
  await wizard.getByLabel('Folder for the image files', { exact: true }).fill('/out')
  await step(wizard, 'Plan')
  await expect(wizard.getByRole('cell', { name: '/out/ledger-01-vdb.qcow2' })).toBeVisible()
  await expect(wizard.getByRole('cell', { name: 'vda', exact: true })).toHaveCount(0)
  await wizard.getByRole('button', { name: 'Restore', exact: true }).click()
  const target = { kind: 'images', folder: '/out', format: 'qcow2', disks: ['vdb'] } as const
  await expect.poll(() => asked).toEqual([{ pointId: ledgerPoint(0).id, target }])
  emit('run', restoreRun({ state: 'done', endedAt: now, targetKind: 'images', target: '/out/ledger-01-vdb.qcow2' }))
  await expect(page.getByText('The image files are written.')).toBeVisible()
  await expect(page.getByText('/out/ledger-01-vdb.qcow2')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy the paths' })).toBeVisible()
})

test('over the original: shut down from the plan, what is lost named, the name typed, and undone afterwards', async ({
  page,
}) => {
  const world = restoreWorld('running')
  const { wizard, asked, emit } = await openWizard(page, world, {
    shutDownMachine: async (argument) => {
      world.machines = world.machines.map((each) => (each.id === argument.machineId ? { ...each, state: 'off' } : each))
      return null
    },
  })
  await step(wizard, 'Where')
  await wizard.getByRole('radio', { name: 'Over the original machine' }).check()
  await expect(wizard.getByRole('checkbox', { name: 'First take a point' })).toBeChecked()
  await step(wizard, 'Plan')
  const overwrite = wizard.getByRole('button', { name: 'Overwrite and restore' })
  const name = wizard.getByLabel('Type the machine’s name to confirm')
  await expect(wizard.getByText('The machine is running. Shut it down first.')).toBeVisible()
  for (const disk of ['vda', 'vdb'])
    await expect(wizard.getByRole('listitem').filter({ hasText: `ledger-${disk}.qcow2` })).toBeVisible()
  await expectAccessible(page)
  await name.fill('ledger-01')
  await expect(overwrite).toBeDisabled()
  await wizard.getByRole('button', { name: 'Shut down' }).click()
  await expect(wizard.getByText('The machine is running. Shut it down first.')).toBeHidden()
  await expect(overwrite).toBeEnabled()
  await name.fill('ledger-0')
  await name.press('Enter')
  await expect(overwrite).toBeDisabled()
  expect(asked).toEqual([])
  await name.fill('ledger-01')
  await overwrite.click()
  await expect.poll(() => asked).toEqual([{ pointId: ledgerPoint(0).id, target: { kind: 'in-place' } }])

  const undoPoint = { ...ledgerPoint(0), id: '9'.repeat(32), createdAt: now - 1000 }
  world.points = [undoPoint, ...world.points]
  emit('pointsChanged', null)
  const ended = restoreRun({ state: 'done', endedAt: now, targetKind: 'in-place', undoPointId: undoPoint.id })
  emit('run', { ...ended, target: 'ledger-01' })
  await expect(page.getByText(/^ledger-01 is back at /)).toBeVisible()
  await page.getByRole('button', { name: 'Undo…' }).click()
  await expect(wizard.getByRole('heading', { name: 'Plan' })).toBeFocused()
  await expect(overwrite).toBeDisabled()
  await name.fill('ledger-01')
  await overwrite.click()
  await expect.poll(() => asked[1]).toEqual({ pointId: undoPoint.id, target: { kind: 'in-place' } })
})

test('without an undo point the loss is said to be for good', async ({ page }) => {
  const { wizard, asked } = await openWizard(page, restoreWorld())
  await step(wizard, 'Where')
  await wizard.getByRole('radio', { name: 'Over the original machine' }).check()
  await wizard.getByRole('checkbox', { name: 'First take a point' }).uncheck()
  await expect(wizard.getByText('what is on these disks now is lost for good')).toBeVisible()
  await step(wizard, 'Plan')
  await expect(wizard.getByText('Not possible: no point is taken first.')).toBeVisible()
  await wizard.getByLabel('Type the machine’s name to confirm').fill('ledger-01')
  await wizard.getByRole('button', { name: 'Overwrite and restore' }).click()
  await expect.poll(() => asked.map(({ target }) => target)).toEqual([{ kind: 'in-place', withoutUndo: true }])
})

test('another point is chosen in the wizard, which says what proves it and what is damaged', async ({ page }) => {
  const { wizard, asked } = await openWizard(page, restoreWorld())
  const list = wizard.getByRole('listbox', { name: 'Points of this machine' })
  await expect(list.getByRole('option', { selected: true })).toHaveAttribute('aria-posinset', '1')
  await expect(wizard.getByText('not proven yet')).toBeVisible()
  await expect(list.getByRole('option').nth(1)).toContainText('Proven')
  await list.focus()
  await page.keyboard.press('ArrowDown')
  await expect(wizard.getByText(/restored .* in 6:52/)).toBeVisible()
  await page.keyboard.press('End')
  await expect(wizard.getByRole('alert')).toContainText('This point is damaged')
  await expectAccessible(page)
  await list.getByRole('option').nth(1).click()
  await step(wizard, 'Plan')
  await wizard.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect.poll(() => asked.map(({ pointId }) => pointId)).toEqual([ledgerPoint(1).id])
})

test('a taken name is exchanged beside the obstacle, and a locked repository is opened over the wizard', async ({
  page,
}) => {
  const world = restoreWorld()
  const repositories = world.repositories
  world.repositories = repositories.map((each) => (each.id === repositoryId ? { ...each, state: 'locked' } : each))
  const { wizard, emit } = await openWizard(page, world, {
    openRepository: async () => {
      world.repositories = repositories
      return { repositoryId }
    },
  })
  await step(wizard, 'Where')
  await wizard.getByLabel('Name of the new machine').fill('web-01')
  await expect(wizard.getByText('A machine of this name is on that host.')).toBeVisible()
  await step(wizard, 'Plan')
  await expect(wizard.getByText('The repository is not open.')).toBeVisible()
  await wizard.getByRole('button', { name: 'Call it “web-01-2”' }).click()
  await expect(wizard.getByText('A machine of this name exists on the host.')).toBeHidden()
  await wizard.getByRole('button', { name: 'Open…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a repository' })
  await expect(dialog.getByRole('textbox', { name: 'Folder', exact: true })).toHaveValue('/mnt/backup/stillpoint')
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('secret')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  emit('repositoriesChanged', null)
  await expect(wizard.getByText('The repository is not open.')).toBeHidden()
  await expect(wizard.getByRole('button', { name: 'Restore', exact: true })).toBeEnabled()
})

test('a failed restore says its effect in the wizard and leads back to the plan', async ({ page }) => {
  const { wizard, emit } = await openWizard(page, restoreWorld())
  await step(wizard, 'Plan')
  await wizard.getByRole('button', { name: 'Restore', exact: true }).click()
  const failure = { code: 'no-space', message: 'ENOSPC: no space left on device' } as const
  emit('run', restoreRun({ state: 'failed', endedAt: now + hour, failure, targetKind: 'new-machine' }))
  await expect(page.getByText('There is no space left where this writes.').first()).toBeVisible()
  await expect(page.getByText('Nothing half-written was left, and the original machine was not touched.')).toBeVisible()
  await page.getByRole('button', { name: 'Back to the plan' }).click()
  await expect(wizard.getByRole('heading', { name: 'Plan' })).toBeVisible()
})
