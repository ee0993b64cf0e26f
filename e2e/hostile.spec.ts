import { expect, type Page } from '@playwright/test'
import { visible } from '../renderer/text/visible.ts'
import { openFake } from './console/fake-engine.ts'
import { makeupOf } from './console/foreign-text.ts'
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
  /** By where it was seen. */
  readonly parts: ReadonlyMap<string, ReadonlySet<string>>
  readonly deceptive: readonly string[]
}

/** Tall enough for lists that draw only what is in sight to draw everything. */
const viewport = { width: 1280, height: 6000 }

async function lead(page: Page, tour: Tour, names: readonly string[], isNew: boolean): Promise<Seen> {
  const parts = new Map<string, Set<string>>()
  const deceptive: string[] = []
  const shown = names.map(visible)
  const world = { ...worldOf(names), ...(isNew ? { points: [], runs: [] } : {}) }
  await page.setViewportSize(viewport)
  await page.clock.setFixedTime(now)
  const emit = await openFake(page, world, playedBy(names))
  const take = async (where: string): Promise<string> => {
    const makeup = await makeupOf(page, names)
    parts.set(where, new Set([...(parts.get(where) ?? []), ...makeup.parts]))
    deceptive.push(...makeup.deceptive.map((each) => `${where}: ${each}`))
    return makeup.told
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
    see: async (where) => void (await take(where)),
    seeAll: async (where, within) => {
      await expect.poll(() => missing(within), { message: `${where} tells every name` }).toEqual([])
      await take(where)
    },
  })
  expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  return { parts, deceptive: [...new Set(deceptive)] }
}

for (const [name, tour] of Object.entries({ ...tours, 'the first run': firstRun })) {
  test(`names run nothing, add nothing and hide nothing: ${name}`, async ({ page, context }) => {
    const isNew = tour === firstRun
    const plain = await context.newPage()
    const misdeeds = await watch(plain)
    const usual = await lead(plain, tour, harmless, isNew)
    await plain.close()
    expect(misdeeds).toEqual([])

    const seen = await lead(page, tour, hostileNames, isNew)
    expect(seen.parts.size).toBeGreaterThan(0)
    // Attributes come and go with what has the focus and what is still opening, elements do not.
    const anywhere = new Set([...usual.parts.values()].flatMap((parts) => [...parts]))
    for (const [where, parts] of seen.parts) {
      const here = usual.parts.get(where)
      const added = [...parts].filter((part) => !(part.includes('[') ? anywhere : here)?.has(part))
      expect(added, `what names add to ${where}`).toEqual([])
    }
    expect(seen.deceptive).toEqual([])
  })
}

test('there are sixty of them, and none is there twice', () => {
  expect(new Set(hostileNames).size).toBe(60)
})
