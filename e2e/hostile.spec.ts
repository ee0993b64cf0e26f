import { expect, type Page } from '@playwright/test'
import { visible } from '../renderer/text/visible.ts'
import { openFake } from './console/fake-engine.ts'
import { makeupOf } from './console/foreign-text.ts'
import { files, filesPlayedBy } from './console/hostile-files.ts'
import { hostileNames } from './console/hostile-names.ts'
import { firstRun, playedBy, type Tour, tours } from './console/hostile-tours.ts'
import { worldOf } from './console/hostile-world.ts'
import { test, watch } from './console/watched-page.ts'
import { now } from './console/worlds.ts'

/**
 * Sixty names that machines, disks, snapshots, hosts, folders, policies and messages can have, on every screen that shows them.
 * Each tour is led twice, through harmless names first: what a page is made of must not depend on what things are called.
 */
const harmless = hostileNames.map((_, at) => `name${at}`)

type Seen = {
  readonly parts: ReadonlySet<string>
  readonly deceptive: readonly string[]
}

/** Tall enough for lists that draw only what is in sight to draw everything. */
const viewport = { width: 1280, height: 6000 }

async function lead(page: Page, tour: Tour, names: readonly string[], isNew: boolean): Promise<Seen> {
  const parts = new Set<string>()
  const deceptive: string[] = []
  const shown = names.map(visible)
  const world = { ...worldOf(names), ...(isNew ? { points: [], runs: [] } : {}) }
  await page.setViewportSize(viewport)
  await page.clock.setFixedTime(now)
  const emit = await openFake(page, world, { ...playedBy(names), ...filesPlayedBy(names) })
  const see = async (where: string): Promise<void> => {
    const makeup = await makeupOf(page, names)
    for (const part of makeup.parts) parts.add(part)
    deceptive.push(...makeup.deceptive.map((each) => `${where}: ${each}`))
  }
  const missing = async (within?: 'page' | 'dialog'): Promise<readonly string[]> => {
    const { told } = await makeupOf(page, names, within)
    return shown.filter((name) => !told.includes(name))
  }
  await tour({
    page,
    world,
    names,
    shown,
    emit,
    see,
    seeAll: async (where, within) => {
      await expect.poll(() => missing(within), { message: `${where} tells every name` }).toEqual([])
      await see(where)
    },
  })
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  return { parts, deceptive: [...new Set(deceptive)] }
}

for (const [name, tour] of Object.entries({ ...tours, files, 'the first run': firstRun })) {
  test(`names run nothing, add nothing and hide nothing: ${name}`, async ({ page, context }) => {
    // Each tour is led twice and looks at the whole page at every step.
    test.setTimeout(240_000)
    const isNew = tour === firstRun
    const plain = await context.newPage()
    const misdeeds = await watch(plain)
    const usual = await lead(plain, tour, harmless, isNew)
    await plain.close()
    expect(misdeeds).toEqual([])

    const seen = await lead(page, tour, hostileNames, isNew)
    expect(seen.parts.size).toBeGreaterThan(20)
    expect([...seen.parts].filter((part) => !usual.parts.has(part))).toEqual([])
    expect(seen.deceptive).toEqual([])
  })
}

test('there are sixty of them, and none is there twice', () => {
  expect(new Set(hostileNames).size).toBe(60)
})
