import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Unlock } from '../../../shared/contract.ts'
import { MiB } from '../../../shared/units.ts'
import { needPoint, never, openConsole, passphrase, place } from '../proof/walk.ts'

/** Two scrypts make each try dear: one repository for everything about keys. */
test('ways in are added, changed and removed, and what was changed opens nothing any more', async () => {
  await using at = await place('images')
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const address = { kind: 'folder', folder: at.at('repository') } as const
  const { repositoryId, recoveryWords } = await console.createRepository(address.folder)
  const opens = async (unlock: Unlock): Promise<string> => {
    try {
      return (await calls.openRepository({ address, unlock }, never)).repositoryId
    } catch (thrown) {
      return (thrown as { code: string }).code
    }
  }
  const withPassphrase = (text: string): Promise<string> => opens({ kind: 'passphrase', passphrase: text })
  const kinds = async (): Promise<readonly string[]> =>
    (await calls.listSlots({ repositoryId }, never)).map(({ kind }) => kind).toSorted()

  const added = await calls.addPassphrase({ repositoryId, passphrase: 'second horse' }, never)
  assert.deepEqual(await kinds(), ['passphrase', 'passphrase', 'recovery-words'])
  assert.equal(await withPassphrase('second horse'), repositoryId)
  await calls.removeSlot({ repositoryId, slotId: added.slotId }, never)
  assert.equal(await withPassphrase('second horse'), 'passphrase-wrong')
  await assert.rejects(calls.removeSlot({ repositoryId, slotId: added.slotId }, never), { code: 'key-slot-not-found' })

  await calls.changePassphrase({ repositoryId, passphrase: 'third horse' }, never)
  assert.deepEqual(
    [await withPassphrase(passphrase), await withPassphrase('third horse')],
    ['passphrase-wrong', repositoryId],
  )

  const renewed = await calls.renewRecoveryWords({ repositoryId }, never)
  assert.equal(await opens({ kind: 'recovery-words', words: recoveryWords }), 'passphrase-wrong')
  assert.equal(await opens({ kind: 'recovery-words', words: renewed.recoveryWords }), repositoryId)

  const key = await calls.addRecoveryKey({ repositoryId }, never)
  assert.equal(await opens({ kind: 'recovery-key', secret: key.secret }), repositoryId)
  assert.equal(await opens({ kind: 'recovery-key', secret: 'not a key' }), 'passphrase-wrong')
  assert.deepEqual(await kinds(), ['passphrase', 'public-key', 'recovery-words'])
  for (const { id, kind } of await calls.listSlots({ repositoryId }, never)) {
    if (kind !== 'public-key') await calls.removeSlot({ repositoryId, slotId: id }, never)
  }
  const [last] = await calls.listSlots({ repositoryId }, never)
  await assert.rejects(calls.removeSlot({ repositoryId, slotId: last?.id ?? '' }, never), { code: 'invalid-argument' })
})

test('what is stored after the keys for new data were renewed comes back beside what was stored before', async () => {
  await using at = await place('images', 'out')
  await using console = await openConsole(at.at('home'))
  const first = randomBytes(MiB)
  await writeFile(at.at('images', 'shop.raw'), first)
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')
  const before = needPoint(await console.backUp(machineId, repositoryId))
  assert.deepEqual(await console.calls.renewEpoch({ repositoryId }, never), { epoch: 2 })
  assert.equal((await console.calls.listRepositories(null, never))[0]?.epoch, 2)
  const second = randomBytes(MiB)
  await writeFile(at.at('images', 'shop.raw'), second)
  const after = needPoint(await console.backUp(machineId, repositoryId))
  for (const [pointId, bytes] of [
    [before, first],
    [after, second],
  ] as const) {
    const folder = at.at('out', pointId)
    const run = await console.restore(pointId, { kind: 'images', folder, format: 'raw' })
    assert.equal(run.state, 'done', run.failure?.message)
    assert.ok(bytes.equals(await readFile(await imageIn(folder))))
  }
})

async function imageIn(folder: string): Promise<string> {
  const [name = ''] = (await readdir(folder, { recursive: true })).filter((each) => each.endsWith('.raw'))
  return `${folder}/${name}`
}
