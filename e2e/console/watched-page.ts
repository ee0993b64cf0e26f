import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test as base, expect, type Page } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'

/** What must never happen in a window: uncaught errors, errors on the console, violations of the content security policy. */
type Misdeeds = readonly string[]

/** Playwright's `test`, with a page whose misdeeds fail the test that caused them. */
export const test = base.extend<{ misdeeds: Misdeeds }>({
  misdeeds: [
    async ({ page }, use) => {
      const misdeeds = await watch(page)
      await use(misdeeds)
      expect(misdeeds).toEqual([])
    },
    { auto: true },
  ],
})

/** Answers a list that grows with every misdeed of `page`; call it before the page opens anything. */
export async function watch(page: Page): Promise<Misdeeds> {
  const list: string[] = []
  page.on('pageerror', (error) => list.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') list.push(`console: ${message.text()}`)
  })
  await page.exposeFunction('tellViolation', (violation: string) => list.push(`policy: ${violation}`))
  await page.addInitScript(() => {
    const { tellViolation } = globalThis as unknown as { tellViolation(violation: string): void }
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
      tellViolation(`${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`),
    )
  })
  return list
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

type Axe = { run(options: RunOptions): Promise<AxeResults> }

/** Fails with every breach of WCAG 2.2 AA (and of axe's best practices) on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    // Through the protocol, not as a tag: the page's own policy stays in force and untouched.
    await page.evaluate(readFileSync(axePath, 'utf8'))
  }
  const { violations, passes } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: Axe }
    return axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
  })
  expect(passes.length, 'axe must have seen something').toBeGreaterThan(5)
  const told = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message).join('; ')}`),
  )
  expect(told).toEqual([])
}

export type Look = { readonly language: 'en' | 'zh-CN'; readonly theme: 'light' | 'dark' }
export const looks: readonly Look[] = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'zh-CN', theme: 'light' },
  { language: 'zh-CN', theme: 'dark' },
]

/** Makes the reader's system speak and look so, before the page opens: the console follows it until somebody chooses otherwise. */
export async function lookLike(page: Page, { language, theme }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.addInitScript((spoken) => {
    Object.defineProperty(navigator, 'languages', { get: () => [spoken] })
  }, language)
}
