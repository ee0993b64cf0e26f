import { expect, type Page } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { Failure } from '../shared/failure.ts'
import { openFake } from './console/fake-engine.ts'
import { bucketId, bucketName, goodProbe, runId, trustEngine, trustWorld } from './console/trust-world.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { emptyWorld, images, machine, now, repositoryId, run } from './console/worlds.ts'

/** Buckets where people meet them first, and what the overview says of repositories. */

test.beforeEach(({ page }) => page.clock.setFixedTime(now))

test('the first run tries the bucket, takes an account that is set right, and locks what it will store', async ({
  page,
}) => {
  const world = emptyWorld()
  world.hosts = [{ id: images, address: { kind: 'images', folder: '/images' }, name: 'images', state: 'connected' }]
  world.machines = [machine(1, 'shop', 'off', { hostId: images })]
  const made: Argument<'createRepository'>[] = []
  await openFake(page, world, {
    listFolders: async () => ({ folder: '/home/admin', folders: [] }),
    testStore: async () => ({ holds: 'nothing' }),
    probeStore: async ({ credentials }) => {
      if (credentials.secretAccessKey !== 'right') throw new Failure('credentials-refused', 'SignatureDoesNotMatch')
      return goodProbe
    },
    createRepository: async (argument) => {
      made.push(argument)
      const coverage = { verified: 0, damaged: [] }
      world.repositories = [{ id: bucketId, address: argument.address, state: 'open', points: 0, coverage }]
      return { repositoryId: bucketId, recoveryWords: 'one two three' }
    },
    planBackup: async () => ({ machines: [] }),
  })
  await page.getByText('S3 bucket', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Bucket', exact: true }).fill('vm-backups')
  await expect(page.getByRole('button', { name: 'Try the bucket' })).toHaveCount(0)
  await page.getByLabel('Access key').fill('key')
  await page.getByLabel('Secret key').fill('wrong')
  await page.getByRole('button', { name: 'Try the bucket' }).click()
  await expect(page.getByRole('alert')).toContainText('The store refused this account')
  await expectAccessible(page)
  await page.getByLabel('Secret key').fill('right')
  await page.getByRole('button', { name: 'Try the bucket' }).click()
  const found = page.getByRole('region', { name: 'What the bucket was seen to do' })
  await expect(found).toContainText('A locked object withstood its deletion')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expectAccessible(page)
  await page.getByText('Compliance', { exact: true }).click()
  await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery staple')
  await page.getByLabel('Passphrase again').fill('correct horse battery staple')
  const create = page.getByRole('button', { name: 'Create repository' })
  await expect(create).toBeDisabled()
  await page.getByLabel('Type the bucket’s name to confirm').fill('vm-backups')
  await create.click()
  await expect(page.getByText('three', { exact: true })).toBeVisible()
  await expect(page.getByText('s3://vm-backups/')).toBeVisible()
  expect(made).toMatchObject([
    {
      address: { kind: 's3', bucket: 'vm-backups', region: 'us-east-1' },
      credentials: { accessKeyId: 'key', secretAccessKey: 'right' },
      lock: { mode: 'compliance', days: 30 },
    },
  ])
})

test('a bucket is opened with an account and a key file; one that is known here needs no account again', async ({
  page,
}) => {
  const world = trustWorld()
  const asked: Argument<'openRepository'>[] = []
  await openFake(page, world, {
    ...trustEngine(world).played,
    openRepository: async (argument) => {
      asked.push(argument)
      return { repositoryId: bucketId }
    },
  })
  await page.goto(`${page.url().split('#')[0]}#/repositories`)
  await page.getByRole('button', { name: 'Open repository…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a repository' })
  const open = dialog.getByRole('button', { name: 'Open', exact: true })
  await dialog.getByText('S3 bucket').click()
  await dialog.getByRole('textbox', { name: 'Bucket', exact: true }).fill('elsewhere')
  await dialog.getByText('Key file', { exact: true }).click()
  await dialog.getByRole('textbox', { name: 'Recovery key' }).fill('  STILLPOINT-KEY-1 c2VjcmV0\n')
  await expect(open).toBeDisabled()
  await dialog.getByLabel('Access key').fill('key')
  await dialog.getByLabel('Secret key').fill('secret')
  await dialog.getByLabel('Session token').fill('token')
  await expectAccessible(page)
  await open.click()
  await expect(dialog).toBeHidden()

  world.repositories = world.repositories.map((each) => (each.id === bucketId ? { ...each, state: 'locked' } : each))
  await page.reload()
  await page.goto(`${page.url().split('#')[0]}#/repositories/${bucketId}`)
  await page.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog).toContainText('kept')
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('pass')
  await open.click()
  await expect(dialog).toBeHidden()
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' }
  expect(asked).toMatchObject([
    {
      address: { bucket: 'elsewhere' },
      credentials,
      unlock: { kind: 'recovery-key', secret: 'STILLPOINT-KEY-1 c2VjcmV0' },
    },
    { address: { bucket: 'vm-backups', prefix: 'house/' }, unlock: { kind: 'passphrase', passphrase: 'pass' } },
  ])
  expect(asked[1]).not.toHaveProperty('credentials')
})

test('damage is mended from copies only where it was found and the repository is open', async ({ page }) => {
  const world = trustWorld()
  const { asked, played } = trustEngine(world)
  const [first] = world.points
  world.repositories = world.repositories.map((each) =>
    each.id === bucketId
      ? { ...each, coverage: { verified: 2, damaged: [first?.id ?? ''] } }
      : { ...each, coverage: { verified: 2, damaged: [] } },
  )
  await openFake(page, world, played)
  await page.goto(`${page.url().split('#')[0]}#/repositories/${repositoryId}`)
  const pane = page.getByRole('complementary')
  await pane.getByRole('tab', { name: 'Copies' }).click()
  await expect(pane.getByRole('region', { name: 'The 3-2-1 rule' })).toBeVisible()
  await expect(pane.getByRole('button', { name: 'Mend from copies' })).toHaveCount(0)
  await page.getByRole('button', { name: bucketName, exact: true }).click()
  await pane.getByRole('tab', { name: 'Copies' }).click()
  await expectAccessible(page)
  await pane.getByRole('button', { name: 'Mend from copies' }).click()
  await expect(page).toHaveURL(new RegExp(`#/activity/${runId}$`))
  expect(asked).toEqual([['startMend', { repositoryId: bucketId }]])
})

async function concernsOf(page: Page): Promise<readonly string[]> {
  const rows = page.getByRole('region', { name: 'Needs attention' }).getByRole('row').filter({ hasText: bucketName })
  return rows.allInnerTexts()
}

test('locks that protect nothing and upkeep that failed stand in the overview until they are made good', async ({
  page,
}) => {
  const world = trustWorld()
  world.repositories = world.repositories.map((each) =>
    each.id === bucketId
      ? {
          ...each,
          probe: { ...goodProbe, removal: false },
          lockTruth: { at: now, objects: 10, unlocked: 3, canary: 'refused' },
        }
      : each,
  )
  const emit = await openFake(page, world, trustEngine(world).played)
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await expect(attention).toContainText('3 objects that points need are not locked.')
  expect(await concernsOf(page)).toHaveLength(3)
  const appendOnly = attention.getByRole('row').filter({ hasText: 'Append-only' })
  await expect(appendOnly).toContainText('Clean-ups only mark; another account frees the space.')
  await expect(appendOnly.locator('.tone-bad')).toHaveCount(0)
  await expectAccessible(page)
  await attention.getByRole('button', { name: `Show run ${bucketName}` }).click()
  await expect(page).toHaveURL(/#\/activity\/f+84$/)
  await page.goBack()
  await expect(attention).toContainText('Mend failed.')
  emit('run', run(90, { kind: 'mend', state: 'done', repositoryId: bucketId, queuedAt: now }))
  await expect(attention).not.toContainText('Mend failed.')
  await appendOnly.getByRole('button').click()
  await expect(page.getByRole('complementary', { name: bucketName })).toBeVisible()
})
