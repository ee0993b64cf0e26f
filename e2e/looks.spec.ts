import { expect, type Page } from '@playwright/test'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, lookLike, looks, test } from './console/watched-page.ts'
import { busyWorld, emptyWorld, now } from './console/worlds.ts'

type Texts = Readonly<Record<'en' | 'zh-CN', string>>
const texts = {
  start: { en: 'Three steps to your first point', 'zh-CN': '三步得到第一个还原点' },
  machines: { en: 'Machines', 'zh-CN': '虚拟机' },
  activity: { en: 'Activity', 'zh-CN': '任务' },
  repositories: { en: 'Repositories', 'zh-CN': '存储库' },
  hosts: { en: 'Hosts', 'zh-CN': '主机' },
  showDetails: { en: 'Show details', 'zh-CN': '显示详细信息' },
  backUp: { en: 'Back up now…', 'zh-CN': '立即备份…' },
  restore: { en: /^Restore… /, 'zh-CN': /^还原… / },
  inPlace: { en: 'Over the original machine', 'zh-CN': '覆盖原虚拟机' },
  create: { en: 'Create repository…', 'zh-CN': '创建存储库…' },
  addHost: { en: 'Add host…', 'zh-CN': '添加主机…' },
} satisfies Readonly<Record<string, Readonly<Record<'en' | 'zh-CN', string | RegExp>>>>

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

function goTo(page: Page, place: Texts, language: 'en' | 'zh-CN'): Promise<void> {
  return page.getByRole('navigation').getByRole('link', { name: place[language] }).click()
}

async function openAllDetails(page: Page, name: string): Promise<void> {
  const closed = page.getByRole('button', { name })
  for (let left = await closed.count(); left > 0; left--) await closed.first().click()
}

for (const { language, theme } of looks) {
  const ending = `${language}-${theme}`

  test(`the first run leads and is accessible (${ending})`, async ({ page }) => {
    await lookLike(page, { language, theme })
    await openFake(page, emptyWorld)
    await expect(page.getByRole('heading', { name: texts.start[language] })).toBeVisible()
    await look(page, `start-${ending}`)
    for (const place of [texts.activity, texts.repositories, texts.hosts]) {
      await goTo(page, place, language)
      await expect(page.getByRole('heading', { level: 1, name: place[language] })).toBeVisible()
      await look(page, `empty-${place.en}-${ending}`)
    }
  })

  test(`every screen at work is accessible (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, { language, theme })
    await openFake(page, busyWorld())
    await expect(page.getByRole('link', { name: 'erp-db-01' }).first()).toBeVisible()
    await look(page, `machines-${ending}`)
    await page.getByRole('link', { name: 'legacy-xp' }).click()
    await look(page, `machine-trouble-${ending}`)
    await page.goBack()
    await page.getByRole('link', { name: 'old-crm' }).click()
    await look(page, `machine-gone-${ending}`)
    await page.goBack()
    await page.getByRole('link', { name: 'mail-01' }).click()
    await page.getByRole('button', { name: texts.showDetails[language] }).last().click()
    await look(page, `machine-${ending}`)
    for (const place of [texts.activity, texts.repositories, texts.hosts]) {
      await goTo(page, place, language)
      if (place === texts.activity) await openAllDetails(page, texts.showDetails[language])
      await look(page, `${place.en}-${ending}`)
    }
  })

  test(`every dialog is accessible (${ending})`, async ({ page }) => {
    await page.clock.setFixedTime(now)
    await lookLike(page, { language, theme })
    await openFake(page, busyWorld())
    await page.getByRole('link', { name: 'mail-01' }).click()
    await page.getByRole('button', { name: texts.backUp[language] }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, `backup-dialog-${ending}`)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.getByRole('button', { name: texts.restore[language] }).first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, `restore-dialog-${ending}`)
    await page.getByRole('radio', { name: texts.inPlace[language] }).check()
    await look(page, `restore-in-place-${ending}`)
    await page.keyboard.press('Escape')
    await goTo(page, texts.repositories, language)
    await page.getByRole('button', { name: texts.create[language] }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, `create-dialog-${ending}`)
    await page.keyboard.press('Escape')
    await goTo(page, texts.hosts, language)
    await page.getByRole('button', { name: texts.addHost[language] }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, `host-dialog-${ending}`)
  })
}
