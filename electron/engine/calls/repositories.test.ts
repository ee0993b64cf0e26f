import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { needPoint, never, openConsole, passphrase, place } from '../proof/walk.ts'

test('a place is tried before it is used, and is told again once a repository lies in it', async () => {
  await using at = await place()
  await using console = await openConsole(at.at('home'))
  const address = { kind: 'folder', folder: at.at('repository') } as const
  const before = await console.calls.testStore({ address }, never)
  assert.equal(before.holds, 'nothing')
  assert.ok((before.freeBytes ?? 0) > 0 && (before.totalBytes ?? 0) >= (before.freeBytes ?? 0))
  assert.ok(!(await readdir(at.at())).includes('repository'))
  await console.createRepository(at.at('repository'))
  assert.equal((await console.calls.testStore({ address }, never)).holds, 'repository')
})

test('the list tells what a repository costs and holds, and what was read back', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), Buffer.alloc(4 * MiB, 'all alike but '))
  await using console = await openConsole(at.at('home'))
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(4 * MiB))
  needPoint(await console.backUp(machineId, repositoryId))
  needPoint(await console.backUp(machineId, repositoryId))
  const [before] = await console.calls.listRepositories(null, never)
  assert.deepEqual([before?.points, before?.coverage], [2, { verified: 0, damaged: [] }])
  assert.equal(before?.pointBytes, 8 * MiB)
  assert.ok((before?.rawBytes ?? 0) >= 4 * MiB && (before?.rawBytes ?? 0) < 5 * MiB)
  assert.ok((before?.freeBytes ?? 0) > 0)
  const verified = await console.verify(repositoryId)
  assert.deepEqual([verified.state, verified.report?.points], ['done', 2])
  const [after] = await console.calls.listRepositories(null, never)
  assert.deepEqual([after?.coverage.verified, after?.coverage.oldestAt !== undefined], [2, true])
})

test('a repository is forgotten with its key and its points, and can be opened again by its passphrase only', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(MiB))
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')
  const pointId = needPoint(await console.backUp(machineId, repositoryId))
  const files = await readdir(at.at('repository'), { recursive: true })
  await calls.removeRepository({ repositoryId }, never)
  assert.deepEqual(await calls.listRepositories(null, never), [])
  assert.deepEqual(await calls.listPoints({}, never), [])
  assert.deepEqual(await readdir(at.at('home', 'secrets')), [])
  // Whoever wrote to it says good-bye in the ledger.
  const left = (await readdir(at.at('repository'), { recursive: true })).filter((name) => !isOfEngines(name))
  assert.deepEqual(
    left,
    files.filter((name) => !isOfEngines(name)),
  )
  await assert.rejects(calls.removeRepository({ repositoryId }, never), { code: 'repository-not-found' })
  const address = { kind: 'folder', folder: at.at('repository') } as const
  await calls.openRepository({ address, unlock: { kind: 'passphrase', passphrase } }, never)
  assert.deepEqual(
    (await calls.listPoints({}, never)).map(({ id }) => id),
    [pointId],
  )
})

function isOfEngines(name: string): boolean {
  return name.startsWith('ledger/') || name.startsWith('leases/')
}

test('a repository is not forgotten while a run uses it or a policy names it', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(MiB))
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')
  const { runId } = await calls.startBackup({ machineId, repositoryId, method: 'full' }, never)
  await calls.pauseRun({ runId }, never)
  await assert.rejects(calls.removeRepository({ repositoryId }, never), { code: 'repository-in-use' })
  await calls.cancelRun({ runId }, never)
  await console.ended(runId)
  const retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
  const wish = { name: 'nightly', enabled: false, machineIds: [machineId], excluded: [], freeze: true, rules: [] }
  const { policyId } = await calls.savePolicy({ wish: { ...wish, repositoryId, retention } }, never)
  await assert.rejects(calls.removeRepository({ repositoryId }, never), {
    code: 'repository-in-use',
    message: /nightly/,
  })
  await calls.removePolicy({ policyId }, never)
  await calls.removeRepository({ repositoryId }, never)
})
