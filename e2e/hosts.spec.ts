import { expect } from '@playwright/test'
import { openFake } from './console/fake-engine.ts'
import { test } from './console/watched-page.ts'
import { busyWorld, now } from './console/worlds.ts'

test('a host says what is wrong and what is on it; it is tested, and removed only when its consequences were read', async ({
  page,
}) => {
  await page.clock.setFixedTime(now)
  const world = busyWorld()
  const emit = await openFake(page, world, {
    testHost: async () => ({ name: 'kvm-1', machines: 12 }),
    removeHost: async ({ hostId }) => {
      world.hosts = world.hosts.filter(({ id }) => id !== hostId)
      world.machines = world.machines.filter((machine) => machine.hostId !== hostId)
      return null
    },
  })
  await page.getByRole('navigation').getByRole('link', { name: 'Hosts' }).click()
  const side = page.getByRole('complementary')
  await page.getByRole('button', { name: 'Details of kvm-2' }).press('Enter')
  await expect(side.getByRole('alert')).toContainText('Nothing listens on /run/kvm-2/libvirt-sock')
  await page.keyboard.press('Escape')
  await page.getByRole('row', { name: /kvm-1/ }).click()
  const own = world.machines.filter(({ hostId }) => hostId === world.hosts[0]?.id)
  const running = own.filter(({ state }) => state === 'running').length
  await expect(side).toContainText(`${running} running of ${own.length}`)
  await side.getByRole('button', { name: 'Test kvm-1' }).click()
  await expect(side.getByRole('status')).toHaveText('kvm-1 answers. Machines: 12')
  await side.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove kvm-1?' })
  await expect(dialog).toContainText(`Machines that leave the list: ${own.length}`)
  await expect(dialog).toContainText(/Points that stay, and can be restored to another host: [1-9]/)
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: /kvm-1/ })).toHaveCount(0)
  await expect(side).toHaveCount(0)
  emit('machinesChanged', null)
  await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click()
  await expect(page.getByRole('link', { name: 'mail-01' })).toBeVisible()
})

test('the machines of a host are one click away', async ({ page }) => {
  await openFake(page, busyWorld())
  await page.getByRole('navigation').getByRole('link', { name: 'Hosts' }).click()
  await page.getByRole('row', { name: /images/ }).click()
  await page.getByRole('button', { name: 'Show its machines' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'sample' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'mail-01' })).toHaveCount(0)
})
