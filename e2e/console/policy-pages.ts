import { expect, type Locator, type Page } from '@playwright/test'

/** Goes to the policies, as a reader of English does. */
export async function openPolicies(page: Page): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Policies/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { level: 1, name: 'Policies' })).toBeVisible()
}

/** The row of a table that leads to what is called `name`. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
}
