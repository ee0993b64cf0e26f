import { expect } from '@playwright/test'
import type { Argument } from '../shared/contract.ts'
import { Failure } from '../shared/failure.ts'
import { GiB, MiB } from '../shared/units.ts'
import { openFake } from './console/fake-engine.ts'
import { expectAccessible, test } from './console/watched-page.ts'
import { emptyWorld, images, machine, now, point, repositoryId, run } from './console/worlds.ts'

const folders: Readonly<Record<string, readonly string[]>> = {
  '/home/admin': ['/home/admin/backup', '/home/admin/images'],
  '/home/admin/images': ['/home/admin/images/old'],
  '/home': ['/home/admin'],
}

async function listFolders({ folder = '/home/admin' }: Argument<'listFolders'>) {
  const found = folders[folder]
  if (found === undefined) throw new Failure('invalid-argument', `${folder} cannot be read`)
  return { folder, parent: folder.slice(0, folder.lastIndexOf('/')) || '/', folders: [...found] }
}

test('from nothing to the first point with the sample machine: only the passphrase is typed', async ({ page }) => {
  await page.clock.setFixedTime(now)
  const world = emptyWorld()
  const sample = machine(1, 'sample', 'off', { hostId: images })
  const asked: Argument<'startBackup'>[] = []
  const emit = await openFake(page, world, {
    listFolders,
    createSample: async (argument) => {
      expect(argument).toEqual({})
      const address = { kind: 'images', folder: '/state/sample' } as const
      world.hosts = [{ id: images, address, name: 'sample', state: 'connected' }]
      world.machines = [sample]
      return { machineId: sample.id, hostId: images }
    },
    testStore: async () => ({ holds: 'nothing', freeBytes: 40 * GiB, totalBytes: 100 * GiB }),
    createRepository: async ({ address }) => {
      const coverage = { verified: 0, damaged: [] }
      world.repositories = [{ id: repositoryId, address, state: 'open', points: 0, coverage }]
      return { repositoryId, recoveryWords: Array.from({ length: 24 }, (_, at) => `word${at}`).join(' ') }
    },
    planBackup: async ({ machineIds }) => ({
      machines: machineIds.map((machineId) => ({
        machineId,
        basis: 'first' as const,
        bytesRead: 64 * MiB,
        bytesStored: 20 * MiB,
        obstacles: [],
      })),
      freeBytes: 40 * GiB,
    }),
    startBackup: async (argument) => {
      asked.push(argument)
      world.runs = [run(0, { state: 'running', machineId: sample.id, machineName: 'sample' })]
      return { runId: world.runs[0]?.id ?? '' }
    },
  })

  await page.getByRole('button', { name: 'Make a sample machine' }).click()
  await expect(page.getByLabel('Folder of the repository')).toHaveValue('/home/admin/stillpoint-repository')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'nothing is in the way' })).toContainText('40 GiB of 100 GiB')
  await page.getByLabel('Passphrase', { exact: true }).fill('password1')
  await expect(page.getByText('Easy to guess.')).toBeVisible()
  await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery staple')
  await expect(page.getByText('Good.', { exact: true })).toBeVisible()
  await page.getByLabel('Passphrase again').fill('correct horse battery stable')
  await expect(page.getByText('The two passphrases differ.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create repository' })).toBeDisabled()
  await page.getByLabel('Passphrase again').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Create repository' }).click()
  await expect(page.getByText('word23')).toBeVisible()
  await page.getByLabel('I have printed or written them down').check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()

  await expect(page.getByRole('checkbox', { name: /^sample/ })).toBeChecked()
  await page.getByRole('button', { name: 'Test: what will it take?' }).click()
  await expect(
    page.getByText('Reads at most 64 MiB, stores about 20 MiB · 40 GiB free in the repository'),
  ).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Back up now', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Under way' })).toContainText('Running')
  expect(asked).toEqual([{ machineId: sample.id, repositoryId, method: 'full' }])

  world.points = [point(1, 1, 'sample', 0, true)]
  world.runs = world.runs.map((each) => ({ ...each, state: 'done', endedAt: now }))
  emit('pointsChanged', null)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await expectAccessible(page)
})

test('each test tells the truth: a host that does not answer, a folder that is taken, a machine that is gone', async ({
  page,
}) => {
  const world = emptyWorld()
  const kept = machine(1, 'web-01', 'running')
  await openFake(page, world, {
    listFolders,
    findHosts: async () => [{ address: { kind: 'libvirt', uri: 'qemu:///system' }, name: 'kvm-1', machines: 12 }],
    addHost: async ({ address }) => {
      world.hosts = [{ id: kept.hostId, address, name: 'kvm-1', state: 'connected' }]
      world.machines = [kept]
      return { hostId: kept.hostId }
    },
    testHost: async () => {
      throw new Failure('host-unreachable', 'Nothing listens there')
    },
    testStore: async () => ({ holds: 'repository' }),
    planBackup: async () => ({
      machines: [
        { machineId: kept.id, basis: 'unknown', bytesRead: 0, bytesStored: 0, obstacles: ['machine-gone', 'no-space'] },
      ],
    }),
  })
  await page.getByText('libvirt', { exact: true }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('The host does not answer.')
  await page.getByRole('button', { name: 'Add kvm-1' }).click()

  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'A repository is here already' })).toBeVisible()
  await page.getByRole('button', { name: 'Open this repository…' }).click()
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Folder' })).toHaveValue(
    '/home/admin/stillpoint-repository',
  )
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /Find a host/ }).click()
  await page.getByRole('button', { name: 'Test kvm-1' }).click()
  await expect(page.getByRole('alert')).toContainText('Nothing listens there')
  await page.getByRole('button', { name: /Protect a machine/ }).click()
  await expect(page.getByText('Do the steps above first.')).toBeVisible()

  const coverage = { verified: 0, damaged: [] }
  const address = { kind: 'folder', folder: '/mnt/b' } as const
  world.repositories = [{ id: repositoryId, address, state: 'open', points: 0, coverage }]
  await page.reload()
  await page.getByRole('button', { name: 'Test: what will it take?' }).click()
  await expect(page.getByRole('alert')).toContainText('web-01')
  await expect(page.getByRole('alert')).toContainText('There is not enough free space.')
})

test('folders are browsed by the keyboard, and Escape closes no more than the browsing', async ({ page }) => {
  await openFake(page, emptyWorld(), { listFolders })
  await page.getByRole('navigation').getByRole('link', { name: 'Hosts' }).click()
  await page.getByRole('button', { name: 'Add host…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a host' })
  await dialog.getByText('Image folder').click()
  const browse = dialog.getByRole('button', { name: 'Browse…' })
  await browse.click()
  const list = page.getByRole('listbox', { name: 'Folders in /home/admin' })
  await expect(list).toBeFocused()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
  await expect(dialog).toBeVisible()
  await expect(browse).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(list).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Folders in /home/admin/images' })).toBeFocused()
  await page.keyboard.press('Backspace')
  await expect(list).toBeFocused()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Folders in /home/admin/images' })).toBeFocused()
  await page.getByRole('button', { name: 'Choose this folder' }).press('Enter')
  await expect(dialog.getByLabel('Folder of disk images')).toHaveValue('/home/admin/images')
})

test('where the window carries the system’s own dialog, that one is asked', async ({ page }) => {
  await openFake(page, emptyWorld(), { listFolders })
  await page.addInitScript(() => {
    const { bridge } = globalThis as unknown as { bridge: { chooseFolder?: () => Promise<string | undefined> } }
    const answers: (string | undefined)[] = ['/srv/chosen', undefined]
    bridge.chooseFolder = async () => answers.shift()
  })
  await page.reload()
  const field = page.getByLabel('Folder of disk images')
  const browse = page.getByRole('button', { name: 'Browse…' })
  await browse.click()
  await expect(field).toHaveValue('/srv/chosen')
  await browse.click()
  await expect(field).toHaveValue('/srv/chosen')
  await expect(page.getByRole('listbox')).toHaveCount(0)
})
