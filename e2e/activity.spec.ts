import { expect, type Page } from '@playwright/test'
import { runEffects } from '../renderer/screens/run-effect.ts'
import { texts } from '../renderer/text/texts.ts'
import { Failure, failureCodes } from '../shared/failure.ts'
import type { Run } from '../shared/job.ts'
import { openFake } from './console/fake-engine.ts'
import { ledgerPoint, restoreRun, restoreWorld } from './console/restore-world.ts'
import { expectAccessible, lookLike, test } from './console/watched-page.ts'
import { hour, machineId, now, run } from './console/worlds.ts'

async function show(page: Page, runId?: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}#/activity${runId === undefined ? '' : `/${runId}`}`)
}

const going: Partial<Run> = {
  state: 'running',
  startedAt: now,
  machineId: machineId(0),
  machineName: 'erp-db-01',
  progress: { ...run(0, {}).progress, bytesRead: 0, bytesPerSecond: 1, secondsLeft: 90, bottleneck: 'source' },
}

test('a run is paused, resumed and cancelled, and says what that means', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const world = { ...restoreWorld(), runs: [run(1, going)] }
  const asked: string[] = []
  const played = (name: string) => async (): Promise<null> => {
    asked.push(name)
    return null
  }
  const emit = await openFake(page, world, {
    pauseRun: played('pause'),
    resumeRun: played('resume'),
    cancelRun: played('cancel'),
  })
  await show(page, world.runs[0]?.id)
  const card = page.getByRole('article', { name: 'Backup erp-db-01' })
  const pane = page.getByRole('complementary', { name: 'Backup erp-db-01' })
  await expect(pane.getByText('reading the machine’s disks')).toBeVisible()
  await card.getByRole('button', { name: /^Pause/ }).click()
  emit('run', run(1, { ...going, paused: true }))
  await expect(card).toContainText('Paused')
  await expect(pane.getByText('The session on the host stays open meanwhile.')).toBeVisible()
  await expectAccessible(page)
  await pane.getByRole('button', { name: /^Resume/ }).click()
  emit('run', run(1, going))
  await expect(card).toContainText('Running')
  await card.getByRole('button', { name: /^Cancel run/ }).click()
  emit('run', run(1, { ...going, state: 'cancelling' }))
  await expect(card.getByRole('button', { name: /^Cancel run/ })).toBeDisabled()
  expect(asked).toEqual(['pause', 'resume', 'cancel'])
})

test('when the engine dies the run says so, and shows what was recorded once it is back', async ({ page }) => {
  const world = { ...restoreWorld(), runs: [run(1, going)] }
  let isDead = false
  await openFake(page, world, {
    about: async () => {
      if (isDead) throw new Failure('engine-died', 'The engine ended')
      return { version: '0.1.0', carrier: 'node', home: '/home', secrets: 'files' }
    },
  })
  await show(page, world.runs[0]?.id)
  const pane = page.getByRole('complementary')
  await expect(pane.getByText('You may close this window; the run goes on.')).toBeVisible()
  isDead = true
  await expect(pane.getByText('The engine stopped and starts again.')).toBeVisible()
  await expect(page.getByRole('article', { name: 'Backup erp-db-01' })).toContainText('Cut off')
  const failure = { code: 'engine-died', message: 'The engine ended' } as const
  world.runs = [run(1, { ...going, state: 'failed', endedAt: now, failure })]
  isDead = false
  await expect(pane.getByText(texts.en.failure['engine-died'].cause)).toBeVisible()
  await expect(pane.getByText('No point was made.')).toBeVisible()
})

for (const language of ['en', 'zh-CN'] as const) {
  test(`every failure is told as cause, effect and next step (${language})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, { language, theme: 'light' })
    const codes = failureCodes.filter((code) => code !== 'cancelled')
    const shapes: readonly Partial<Run>[] = [
      { kind: 'backup', machineId: machineId(0) },
      restoreRun({ targetKind: 'images' }),
      restoreRun({ targetKind: 'new-machine' }),
      restoreRun({ targetKind: 'in-place' }),
      { kind: 'verify' },
      { kind: 'snapshot-revert', snapshot: 'before' },
    ]
    const runs = codes.map((code, at) => {
      const failure = { code, message: `details of ${code}` }
      const shape = shapes[at % shapes.length]
      return run(at, { ...shape, id: String(at).padStart(32, '7'), state: 'failed', endedAt: now, failure })
    })
    const world = restoreWorld()
    world.settings = { ...world.settings, language }
    await openFake(page, { ...world, runs })
    await show(page)
    await expect(page.getByRole('article')).toHaveCount(codes.length)
    const effects = Object.values(texts[language].activity.effects)
    for (const [at, code] of codes.entries()) {
      await show(page, runs[at]?.id)
      const pane = page.getByRole('complementary')
      await expect(pane.getByText(`details of ${code}`)).toBeVisible()
      await expect(pane).toContainText(texts[language].failure[code].cause)
      await expect(pane).toContainText(texts[language].failure[code].next)
      const told = await pane.textContent()
      expect(effects.filter((effect) => told?.includes(effect)).length, code).toBeGreaterThanOrEqual(1)
    }
    expect(effects).toHaveLength(runEffects.length)
  })
}

test('a backup that failed names the last good point, and a restore in place that was cut off warns and is undone', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const failure = { code: 'target-failed', message: 'EIO' } as const
  const cut = restoreRun({ state: 'failed', endedAt: now, failure, targetKind: 'in-place', target: 'ledger-01' })
  const undoPoint = { ...ledgerPoint(0), id: '9'.repeat(32) }
  const world = restoreWorld()
  const backup = run(2, { state: 'failed', machineId: ledgerPoint(0).machineId, machineName: 'ledger-01', failure })
  const runs = [{ ...cut, undoPointId: undoPoint.id }, backup]
  await openFake(page, { ...world, points: [undoPoint, ...world.points], runs })
  await show(page, backup.id)
  const pane = page.getByRole('complementary')
  await expect(pane).toContainText(
    'No point was made. The last good point of this machine is from Nov 22, 2026, 14:30:00',
  )
  await page.getByRole('link', { name: 'Restore ledger-01' }).click()
  await expect(pane).toContainText('Do not start the machine: restore it again to the end, or undo.')
  await expectAccessible(page)
  await pane.getByRole('button', { name: 'Undo…' }).click()
  const wizard = page.getByRole('dialog', { name: 'Restore ledger-01' })
  await expect(wizard.getByRole('heading', { name: 'Plan' })).toBeFocused()
})

test('of a thousand runs only those in view are drawn, arrows walk them, and filters narrow them', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const runs = Array.from({ length: 1000 }, (_, at) =>
    run(at + 1, {
      machineName: `node-${at}`,
      endedAt: now - at * hour,
      ...(at % 100 === 7 ? { state: 'failed', failure: { code: 'no-space', message: 'full' } } : {}),
      ...(at === 5 ? { kind: 'snapshot-create', snapshot: 'before upgrade' } : {}),
    }),
  )
  await openFake(page, { ...restoreWorld(), runs })
  await show(page)
  const feed = page.getByRole('feed', { name: 'Runs' })
  await expect(feed.getByRole('article', { name: 'Backup node-0' })).toBeVisible()
  expect(await feed.getByRole('article').count()).toBeLessThan(60)
  await feed.getByRole('link', { name: 'Backup node-0' }).press('ArrowDown')
  await expect(feed.getByRole('link', { name: 'Backup node-1', exact: true })).toBeFocused()
  await expect(page.getByRole('complementary', { name: 'Backup node-1' })).toBeVisible()
  await page.keyboard.press('End')
  await expect(feed.getByRole('link', { name: 'Backup node-999' })).toBeInViewport()
  await page.getByRole('search').getByText('Failed').click()
  await expect(feed.getByRole('article')).toHaveCount(10)
  await page.getByRole('search').getByText('All').click()
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill('upgrade')
  await expect(feed.getByRole('article')).toHaveCount(1)
  await expect(feed).toContainText('before upgrade')
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill('nothing of this')
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('complementary')).toHaveCount(0)
})

test('a run that is older than the list is asked for by itself', async ({ page }) => {
  const old = run(3, { machineName: 'archive-01', endedAt: now })
  await openFake(page, restoreWorld(), { showRun: async () => old })
  await show(page, old.id)
  await expect(page.getByRole('complementary', { name: 'Backup archive-01' })).toBeVisible()
})
