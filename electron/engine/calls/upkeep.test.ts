import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { assertFailed, needPoint, never, openConsole, type Place, place } from '../proof/walk.ts'

async function packsIn(at: Place, name: string): Promise<readonly string[]> {
  const folder = at.at(name, 'packs')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

test('damage in one repository is mended from another that holds the same point', async () => {
  await using at = await place('images', 'out')
  const content = randomBytes(2 * MiB)
  await writeFile(at.at('images', 'shop.raw'), content)
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  await console.addImages(at.at('images'))
  const { repositoryId: from } = await console.createRepository(at.at('first'))
  const { repositoryId: to } = await console.createRepository(at.at('second'))
  const pointId = needPoint(await console.backUp(await console.machineNamed('shop'), from))
  const copied = await console.ended((await calls.startCopy({ from, to, pointIds: [pointId] }, never)).runId)
  assert.equal(copied.state, 'done', copied.failure?.message)
  for (const file of await packsIn(at, 'first')) await rm(file)
  assertFailed(await console.verify(from), 'repository-damaged')
  assert.deepEqual((await calls.listRepositories(null, never)).find(({ id }) => id === from)?.coverage.damaged, [
    pointId,
  ])

  const mended = await console.ended((await calls.startMend({ repositoryId: from }, never)).runId)
  assert.equal(mended.state, 'done', mended.failure?.message)
  assert.ok((mended.count ?? 0) >= 16, `${mended.count} chunks`)
  // The lost packs are still known, until sweeps have let go of them; no point needs them.
  const { report } = await console.verify(from)
  assert.deepEqual(
    report?.damaged.flatMap(({ points }) => points),
    [],
  )
  assert.deepEqual((await calls.listRepositories(null, never)).find(({ id }) => id === from)?.coverage.damaged, [])
  await calls.removeRepository({ repositoryId: to }, never)
  const restored = await console.restore(pointId, { kind: 'images', folder: at.at('out'), format: 'raw' })
  assert.deepEqual([restored.state, restored.repositoryId], ['done', from], restored.failure?.message)
  const [name = ''] = (await readdir(at.at('out'), { recursive: true })).filter((each) => each.endsWith('.raw'))
  assert.ok(content.equals(await readFile(at.at('out', name))))
})

test('a sweep runs beside a backup, and a second one of the same repository waits for it', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(MiB))
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  await console.addImages(at.at('images'))
  const machineId = await console.machineNamed('shop')
  const { repositoryId } = await console.createRepository(at.at('repository'))
  needPoint(await console.backUp(machineId, repositoryId))
  const backup = await calls.startBackup({ machineId, repositoryId, method: 'full' }, never)
  const first = await calls.startSweep({ repositoryId }, never)
  const second = await calls.startSweep({ repositoryId }, never)
  const [backedUp, swept, sweptAgain] = await Promise.all(
    [backup, first, second].map(({ runId }) => console.ended(runId)),
  )
  assert.deepEqual(
    [backedUp?.state, swept?.state, sweptAgain?.state],
    ['done', 'done', 'done'],
    swept?.failure?.message,
  )
  assert.ok((sweptAgain?.startedAt ?? 0) >= (swept?.endedAt ?? Number.POSITIVE_INFINITY))
  assert.deepEqual([swept?.sweep?.purged, swept?.sweep?.removed], [0, 0])
  const [listed] = await calls.listRepositories(null, never)
  assert.ok(listed?.sweptAt !== undefined && listed.unneededBytes !== undefined)
  assert.equal((await console.verify(repositoryId)).state, 'done')
})

test('what is not there is said before a run begins', async () => {
  await using at = await place()
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const repositoryId = '0'.repeat(32)
  const pointIds = [repositoryId]
  for (const call of [
    calls.startSweep({ repositoryId }, never),
    calls.startMend({ repositoryId }, never),
    calls.startLock({ repositoryId }, never),
    calls.startCopy({ from: repositoryId, to: '1'.repeat(32) }, never),
    calls.listTrash({ repositoryId }, never),
    calls.deletePoints({ repositoryId, pointIds }, never),
    calls.recoverPoints({ repositoryId, pointIds }, never),
    calls.listSlots({ repositoryId }, never),
    calls.setPlace({ repositoryId, place: { medium: 'nas', site: '' } }, never),
    calls.rebuildCatalog({ restoreFrom: repositoryId }, never),
  ]) {
    await assert.rejects(call, { code: 'repository-not-found' })
  }
  await assert.rejects(calls.planRetention({ policyId: repositoryId }, never), { code: 'policy-not-found' })
  await assert.rejects(calls.startRetention({ policyId: repositoryId }, never), { code: 'policy-not-found' })
})
