import type { Locator, Page } from '@playwright/test'
import { texts } from '../renderer/text/texts.ts'
import { addressText } from '../shared/repository.ts'
import { openFake } from './console/fake-engine.ts'
import { ledger, ledgerPoint, planIn, restoreRun, restoreWorld, runId } from './console/restore-world.ts'
import { expectAccessible, type Look, lookLike, looks, test } from './console/watched-page.ts'
import { busyWorld, now } from './console/worlds.ts'

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string, { language, theme }: Look): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${language}-${theme}.png` })
}

function atStep(wizard: Locator, name: string): Promise<void> {
  return wizard.getByRole('heading', { level: 3, name }).waitFor()
}

for (const each of looks) {
  const words = texts[each.language]
  const ending = `${each.language}-${each.theme}`

  test(`every step of the restore wizard is accessible (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, each)
    const world = restoreWorld('running')
    world.settings = { ...world.settings, ...each }
    const emit = await openFake(page, world, {
      planRestore: planIn(world),
      startRestore: async () => ({ runId }),
      showRun: async () => restoreRun({ state: 'queued' }),
    })
    await page.goto(`${page.url().split('#')[0]}#/machine/${ledger}/${ledgerPoint(0).id}`)
    await page
      .getByRole('button', { name: /^(Restore|还原)…/ })
      .first()
      .click()
    const wizard = page.getByRole('dialog')
    const next = wizard.getByRole('button', { name: words.wizard.next })
    await atStep(wizard, words.restore.moment)
    await look(page, 'restore-moment', each)
    await next.click()
    await wizard.getByRole('radio', { name: words.restore.chosen }).check()
    await look(page, 'restore-what', each)
    await wizard.getByRole('radio', { name: words.restore.whole }).check()
    for (const target of [words.restore.newMachine, words.restore.images, words.restore.inPlace]) {
      await wizard.getByRole('button', { name: new RegExp(`${words.restore.where}$`) }).click()
      await wizard.getByRole('radio', { name: target }).check()
      await look(page, `restore-where-${target}`, each)
    }
    await next.click()
    await wizard.getByText(words.fact.obstacle['machine-running']).waitFor()
    await look(page, 'restore-plan-over', each)
    await wizard.getByRole('button', { name: new RegExp(`${words.restore.where}$`) }).click()
    await wizard.getByRole('radio', { name: words.restore.newMachine }).check()
    await next.click()
    await wizard.getByRole('cell', { name: '/pool/new-vda.qcow2' }).waitFor()
    await look(page, 'restore-plan', each)
    await wizard.getByRole('button', { name: words.restore.start, exact: true }).click()
    const going = restoreRun({ targetKind: 'new-machine' })
    emit('run', going)
    await page.getByText('30 %').first().waitFor()
    await look(page, 'restore-progress', each)
    emit('run', { ...going, state: 'done', endedAt: now, target: 'ledger-01-restored' })
    await page.getByText(words.fact.runState.done, { exact: true }).first().waitFor()
    await look(page, 'restore-end', each)
  })

  test(`activity and repositories are accessible, whatever is chosen in them (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, each)
    const world = restoreWorld()
    world.settings = { ...world.settings, ...each }
    const failure = { code: 'target-failed', message: 'EIO: i/o error, write' } as const
    const cut = restoreRun({ state: 'failed', endedAt: now, failure, targetKind: 'in-place' })
    world.runs = [...busyWorld().runs, { ...cut, undoPointId: ledgerPoint(1).id }]
    await openFake(page, world)
    const base = page.url().split('#')[0]
    await page.goto(`${base}#/activity`)
    await page.getByRole('feed').waitFor()
    await look(page, 'activity', each)
    for (const run of world.runs) {
      await page.goto(`${base}#/activity/${run.id}`)
      await page.getByRole('complementary').getByText(words.activity.started, { exact: true }).waitFor()
      await look(page, `activity-${run.kind}-${run.state}`, each)
    }
    await page.goto(`${base}#/repositories`)
    for (const { address } of world.repositories) {
      await page.getByRole('button', { name: addressText(address), exact: true }).click()
      await look(page, `repository${addressText(address).replaceAll('/', '-')}`, each)
    }
    await page.getByRole('button', { name: words.repositories.remove }).click()
    await page.getByRole('dialog').waitFor()
    await look(page, 'repository-remove', each)
  })
}
