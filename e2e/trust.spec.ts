import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page } from '@playwright/test'
import { texts } from '../renderer/text/texts.ts'
import type { Argument } from '../shared/contract.ts'
import { openFake, type World } from './console/fake-engine.ts'
import {
  type AskedCalls,
  bucketId,
  bucketName,
  goodProbe,
  recoverySecret,
  runId,
  trustEngine,
  trustWorld,
} from './console/trust-world.ts'
import { expectAccessible, lookLike, looks, test } from './console/watched-page.ts'
import { now, repositoryId } from './console/worlds.ts'

/** Pictures for whoever wants to look: STILLPOINT_PICTURES names a folder. */
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  const folder = process.env['STILLPOINT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

type Opened = { readonly asked: AskedCalls; readonly world: World; readonly pane: Locator }

/** The pane of the bucket, on the tab of that name. */
async function openBucket(page: Page, tab: string, change: (world: World) => void = () => undefined): Promise<Opened> {
  await page.clock.setFixedTime(now)
  const world = trustWorld()
  change(world)
  const { asked, played } = trustEngine(world)
  await openFake(page, world, played)
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: bucketName }).click()
  const pane = page.getByRole('complementary', { name: bucketName })
  await pane.getByRole('tab', { name: tab }).click()
  return { asked, world, pane }
}

test('what no point needs and what is in the trash is told; points are brought back, and a clean-up is started', async ({
  page,
}) => {
  const { asked, pane } = await openBucket(page, 'Upkeep')
  await expect(pane.getByRole('region', { name: 'Clean-up' })).toContainText('7 GiB')
  const rows = pane.getByRole('region', { name: 'Trash' }).getByRole('listitem')
  await expect(rows).toHaveCount(2)
  await expect(rows.nth(0)).toContainText('Deleted by retention · can be brought back until Nov 27, 2026')
  await expectAccessible(page)
  await rows
    .nth(1)
    .getByRole('button', { name: /^Bring back file-01/ })
    .click()
  await expect(rows).toHaveCount(1)
  await pane.getByRole('button', { name: 'Clean up now' }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  expect(asked.map(([call]) => call)).toEqual(['recoverPoints', 'startSweep'])
})

test('copies are counted by the point that has fewest, what is missing is said, and the rest is copied', async ({
  page,
}) => {
  const { asked, pane, world } = await openBucket(page, 'Copies')
  await expect(pane.getByText('Nothing is missing.')).toBeVisible()
  await page.getByRole('button', { name: '/mnt/backup/stillpoint', exact: true }).click()
  const other = page.getByRole('complementary', { name: '/mnt/backup/stillpoint' })
  await other.getByRole('tab', { name: 'Copies' }).click()
  const rule = other.getByRole('region', { name: 'The 3-2-1 rule' })
  await expect(rule).toContainText(`Copy ${world.points.length - 2} points to one more repository.`)
  await expect(rule).toContainText('2 (wanted: 3)')
  await expect(rule).toContainText('Have a copy at another site.')
  await expect(other.getByRole('listitem').filter({ hasText: bucketName })).toContainText(
    `Holds 2 of these ${world.points.length} points`,
  )
  await expectAccessible(page)
  await other.getByRole('button', { name: `Copy now to ${bucketName}` }).click()
  const dialog = page.getByRole('dialog', { name: `Copy to ${bucketName}` })
  await expect(dialog).toContainText('Only what is missing there travels.')
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  expect(asked).toEqual([['startCopy', { from: repositoryId, to: bucketId }]])
})

test('a compliance lock is set only by somebody who typed the bucket’s name; the truth about locks stands beside the rule', async ({
  page,
}) => {
  const { asked, pane } = await openBucket(page, 'Lock')
  await expect(pane).toContainText('Governance, 30 days')
  await expect(pane).toContainText('the store refused: the lock holds')
  await expectAccessible(page)
  await pane.getByRole('button', { name: 'Change the rule…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Lock what is stored in vm-backups' })
  await dialog.getByText('Compliance', { exact: true }).click()
  const set = dialog.getByRole('button', { name: 'Set the rule' })
  await expect(set).toBeDisabled()
  await expect(dialog).toContainText('Nobody can delete earlier')
  await expectAccessible(page)
  await dialog.getByLabel('Days').fill('90')
  await dialog.getByLabel('Type the bucket’s name to confirm').fill('vm-backup')
  await expect(set).toBeDisabled()
  await dialog.getByLabel('Type the bucket’s name to confirm').fill('vm-backups')
  await set.click()
  await expect(pane).toContainText('Compliance, 90 days')
  await pane.getByRole('button', { name: 'Check now' }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  expect(asked).toEqual([
    ['setLock', { repositoryId: bucketId, lock: { mode: 'compliance', days: 90 } }],
    ['startLock', { repositoryId: bucketId }],
  ])
})

test('one object that is not locked outweighs all that are, and a bucket that keeps no locks takes no rule', async ({
  page,
}) => {
  const { pane } = await openBucket(page, 'Lock', (world) => {
    world.repositories = world.repositories.map(({ lock, ...each }) =>
      each.id === bucketId
        ? {
            ...each,
            probe: { ...goodProbe, lock: 'offered' },
            lockTruth: { at: now, until: now + 1e9, objects: 10, unlocked: 3, canary: 'deleted' },
          }
        : { ...each, ...(lock && { lock }) },
    )
  })
  await expect(pane).toContainText('now: 3 objects that points need are not locked')
  await expect(pane).toContainText('the locks of this store protect nothing')
  await expect(pane).toContainText('This bucket was not seen to keep locks, so no rule can be set.')
  await expect(pane.getByRole('button', { name: 'Change the rule…' })).toHaveCount(0)
})

test('keys: a passphrase is added, words are shown once, a key file is downloaded once, a way in is removed', async ({
  page,
}) => {
  const { asked, pane } = await openBucket(page, 'Keys')
  await expect(pane.getByRole('row').filter({ hasText: '2b2b2b2b' })).toContainText(
    'Damaged: it opens nothing any more',
  )
  await expect(pane).toContainText('Generation 2')
  await expectAccessible(page)

  await pane.getByRole('button', { name: 'Add passphrase…' }).click()
  const adding = page.getByRole('dialog', { name: 'Add passphrase' })
  await adding.getByLabel('Passphrase', { exact: true }).fill('four random words here')
  await adding.getByLabel('Passphrase again').fill('four random words there')
  await expect(adding.getByRole('button', { name: 'Save' })).toBeDisabled()
  await adding.getByLabel('Passphrase again').fill('four random words here')
  await adding.getByRole('button', { name: 'Save' }).click()
  await expect(pane.getByRole('row')).toHaveCount(4)

  await pane.getByRole('button', { name: 'New recovery words…' }).click()
  await page.getByRole('button', { name: 'Make new words' }).click()
  await expect(page.getByText('new23')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('new23')).toBeVisible()
  await page.getByLabel('I have printed or written them down').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(page.getByText('new23')).toHaveCount(0)

  await pane.getByRole('button', { name: 'Recovery key file…' }).click()
  await page.getByRole('button', { name: 'Make the key file' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  expect(readFileSync(await (await download).path(), 'utf8')).toBe(`${recoverySecret}\n`)
  await expectAccessible(page)
  await page.getByLabel('I have stored the file in a safe place').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()

  await pane.getByRole('button', { name: 'Renew the data keys…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Renew', exact: true }).click()
  await expect(pane).toContainText('Generation 3')

  await pane.getByRole('button', { name: 'Remove Recovery words 2b2b2b2b' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(pane.getByRole('row')).toHaveCount(3)
  expect(asked.map(([call]) => call)).toEqual(['addPassphrase', 'renewEpoch', 'removeSlot'])
})

test('an account that the store refuses changes nothing; where it lies is said by a person', async ({ page }) => {
  const { asked, pane } = await openBucket(page, 'Place')
  await expect(pane).toContainText('https://s3.example.org:9000')
  await expect(pane).toContainText('A locked object withstood its deletion')
  await expectAccessible(page)
  await pane.getByLabel('Access key').fill('bad')
  await pane.getByLabel('Secret key').fill('worse')
  await expect(pane.getByLabel('Secret key')).toHaveAttribute('type', 'password')
  await pane.getByRole('button', { name: 'Use this account' }).click()
  await expect(pane.getByRole('alert')).toContainText('The store refused this account')
  await pane.getByLabel('Access key').fill('good')
  await pane.getByRole('button', { name: 'Use this account' }).click()
  await expect(pane.getByRole('status').filter({ hasText: 'This account is used from now on.' })).toBeVisible()
  await expect(pane.getByLabel('Secret key')).toHaveValue('')
  await pane.getByLabel('Site').fill('Helsinki')
  await pane.getByRole('button', { name: 'Save' }).click()
  await expect(pane.getByText('Saved.')).toBeVisible()
  expect(asked.at(-1)).toEqual([
    'setPlace',
    { repositoryId: bucketId, place: { medium: 'object-store', site: 'Helsinki' } },
  ])
})

test('a bucket is tried before a repository is made in it, and what it was seen to do is told in plain words', async ({
  page,
}) => {
  const made: Argument<'createRepository'>[] = []
  const world = trustWorld()
  await openFake(page, world, {
    ...trustEngine(world).played,
    listFolders: async () => ({ folder: '/home/admin', folders: [] }),
    testStore: async ({ address }) => ({
      holds: address.kind === 's3' && address.prefix === 'there/' ? 'repository' : 'nothing',
    }),
    probeStore: async () => ({ ...goodProbe, exclusive: false, checksum: 'accepted', removal: false, skewMs: 90_000 }),
    createRepository: async (argument) => {
      made.push(argument)
      return { repositoryId: 'f'.repeat(32), recoveryWords: 'one two three' }
    },
  })
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: 'Create repository…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Create a repository' })
  await dialog.getByText('S3 bucket').click()
  await dialog.getByLabel('Endpoint').fill('http://s3.example.org')
  await expect(dialog).toContainText('http is taken only for this very machine')
  await dialog.getByLabel('Endpoint').fill('http://127.0.0.1:7480')
  await dialog.getByRole('textbox', { name: 'Bucket', exact: true }).fill('vm-backups')
  await dialog.getByLabel('Prefix').fill('there')
  await dialog.getByLabel('Access key').fill('key')
  await dialog.getByLabel('Secret key').fill('secret')
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('A repository is there already.')
  await dialog.getByLabel('Prefix').fill('new')
  await expect(dialog.getByRole('status')).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Try the bucket' }).click()
  const found = dialog.getByRole('region', { name: 'What the bucket was seen to do' })
  await expect(found).toContainText('Engines would overwrite each other: nothing is created here.')
  await expect(found).toContainText('clean-ups free nothing with it')
  await expect(found).toContainText('90 s. Set this machine’s clock.')
  await expectAccessible(page)
  await dialog.getByText('Governance', { exact: true }).click()
  await dialog.getByLabel('Passphrase', { exact: true }).fill('pass')
  await dialog.getByLabel('Passphrase again').fill('pass')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByText('three', { exact: true })).toBeVisible()
  expect(made).toEqual([
    {
      address: {
        kind: 's3',
        endpoint: 'http://127.0.0.1:7480',
        region: 'us-east-1',
        bucket: 'vm-backups',
        prefix: 'new/',
        pathStyle: true,
      },
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      lock: { mode: 'governance', days: 30 },
      passphrase: 'pass',
    },
  ])
})

for (const { language, theme } of looks) {
  test(`what makes repositories trusted is accessible (${language}-${theme})`, async ({ page }) => {
    await lookLike(page, { language, theme })
    const words = texts[language]
    const { pane } = await openBucket(page, words.upkeep.tabs.health, (world) => {
      world.settings = { ...world.settings, language, theme }
    })
    const named = (name: string): string => `trust-${name}-${language}-${theme}`
    for (const [tab, word] of Object.entries(words.upkeep.tabs)) {
      await pane.getByRole('tab', { name: word }).click()
      await expect(pane.getByRole('tab', { name: word, selected: true })).toBeVisible()
      await look(page, named(tab))
    }
    for (const number of [80, 81]) {
      const id = String(number).padStart(32, 'f')
      await page.goto(`${page.url().split('#')[0]}#/activity/${id}`)
      await expect(page.getByRole('complementary').getByRole('heading').first()).toBeVisible()
      await look(page, named(`run-${number}`))
    }
  })
}
