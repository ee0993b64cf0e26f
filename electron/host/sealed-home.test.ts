import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { type Connection, connect } from '../../shared/wire.ts'
import { EngineThread } from './engine-thread.ts'
import { memorySealer, type Sealer } from './sealer.ts'

type Calls = Connection<AbortSignal>['calls']

test('a repository whose key this console cannot open is locked, and its passphrase opens it and seals the key anew', async (t) => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'sealed-home-'))
  t.after(() => rm(scratch, { recursive: true }))
  const home = path.join(scratch, 'home')
  const address = { kind: 'folder', folder: path.join(scratch, 'backups') } as const
  await mkdir(address.folder)
  const inEngine = async <T>(sealer: Sealer | undefined, act: (calls: Calls) => Promise<T>): Promise<T> => {
    const sealing = sealer === undefined ? {} : { sealer }
    await using engine = new EngineThread({ home, unattended: false, ...sealing })
    using port = engine.attach()
    return await act(connect<AbortSignal>(port).calls)
  }
  const states = async (calls: Calls) => (await calls.listRepositories(null)).map(({ state }) => state)
  const first = memorySealer()
  const { repositoryId } = await inEngine(first, (calls) =>
    calls.createRepository({ address, passphrase: 'correct horse' }),
  )
  const key = (): Promise<string> => readFile(path.join(home, 'secrets', `repository-${repositoryId}`), 'latin1')
  const sealed = await key()

  await t.test('the console that sealed it opens it by itself', async () => {
    assert.deepEqual(await inEngine(first, states), ['open'])
  })
  await t.test(
    'a console without its secret store, and one with another, find it locked and leave the key alone',
    async () => {
      assert.deepEqual(await inEngine(undefined, states), ['locked'])
      assert.deepEqual(await inEngine(memorySealer(), states), ['locked'])
      assert.equal(await key(), sealed)
    },
  )
  await t.test('opened by its passphrase, it opens by itself again from then on', async () => {
    const second = memorySealer()
    const unlock = { kind: 'passphrase', passphrase: 'correct horse' } as const
    await inEngine(second, (calls) => calls.openRepository({ address, unlock }))
    assert.notEqual(await key(), sealed)
    assert.match(await key(), /^stillpoint sealed 1\n/)
    assert.deepEqual(await inEngine(second, states), ['open'])
  })
})
