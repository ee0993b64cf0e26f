import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Clock } from '../base/clock.ts'
import type { FileSystem } from '../guest/guest.ts'
import { type FakeFileSystem, fakeDisks, fakeFileSystem, fakeFound, file, folder } from './fake-file-system.rig.ts'
import { OpenedFiles } from './opened.ts'
import type { Guests } from './opened-point.ts'

const never = new AbortController().signal
const pointOf = (number: number): string => String(number).padStart(32, '0')
const tree = folder({ etc: folder({ hosts: file('127.0.0.1 localhost') }) })

/** A clock whose sleeps end when the test says so. */
function heldClock() {
  const sleeps = new Set<() => void>()
  let elapsed = 0
  const clock: Clock = {
    now: () => elapsed,
    elapsed: () => elapsed++,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        sleeps.add(resolve)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  return {
    clock,
    async pass() {
      for (const end of sleeps) end()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

function rig(change: { guests?: Partial<Guests>; isCurrent?: () => boolean } = {}) {
  const { clock, pass } = heldClock()
  const opened: string[] = []
  const closed: string[] = []
  const readers: FakeFileSystem[] = []
  const files = new OpenedFiles({
    clock,
    guests: {
      findVolumes: async (disks) => [fakeFound(disks[0]?.disk)],
      openFound: async ({ disk }): Promise<FileSystem> => {
        await disk?.read(0, new Uint8Array(1024), never)
        const reader = fakeFileSystem(tree, disk)
        readers.push(reader)
        return reader
      },
      ...change.guests,
    },
    openDisks: async (pointId) => {
      opened.push(pointId)
      return fakeDisks(change.isCurrent, () => closed.push(pointId))
    },
  })
  return { files, opened, closed, readers, pass }
}

test('a point is opened once however many look into it', async () => {
  const { files, opened, readers } = rig()
  await using _ = files
  const look = () => files.use(pointOf(1), 'vda/1', never, async ({ fileSystem }) => fileSystem.root)
  await Promise.all([look(), look(), files.volumes(pointOf(1), never)])
  await look()
  assert.deepEqual([opened.length, readers.length], [1, 1])
})

test('a volume that is used is not closed when many others are opened, and is when it is let go', async () => {
  const { files, closed, readers } = rig()
  await using _ = files
  const held = await files.hold(pointOf(0), 'vda/1', never)
  for (let at = 1; at <= 9; at++) await files.use(pointOf(at), 'vda/1', never, async () => undefined)
  assert.equal(readers[0]?.isClosed, false)
  assert.ok(closed.length >= 5 && !closed.includes(pointOf(0)), String(closed))
  await held[Symbol.asyncDispose]()
  for (let at = 11; at <= 19; at++) await files.use(pointOf(at), 'vda/1', never, async () => undefined)
  assert.ok(readers[0]?.isClosed)
  assert.ok(closed.includes(pointOf(0)))
})

test('a point that nobody used for a minute is closed, one in use is not', async () => {
  const { files, closed, pass } = rig()
  await using _ = files
  const held = await files.hold(pointOf(1), 'vda/1', never)
  await files.volumes(pointOf(1), never)
  await files.volumes(pointOf(2), never)
  await pass()
  assert.deepEqual(closed, [pointOf(2)])
  await held[Symbol.asyncDispose]()
  await pass()
  assert.deepEqual(closed, [pointOf(2), pointOf(1)])
})

test('a point whose repository was closed is opened anew', async () => {
  let isCurrent = true
  const { files, opened, closed } = rig({ isCurrent: () => isCurrent })
  await using _ = files
  await files.volumes(pointOf(1), never)
  isCurrent = false
  await files.volumes(pointOf(1), never)
  assert.deepEqual([opened.length, closed.length], [2, 1])
})

test('an opening that failed is tried again, and one caller giving up does not fail another', async () => {
  let attempts = 0
  const gate = Promise.withResolvers<void>()
  const { files } = rig({
    guests: {
      openFound: async () => {
        if (attempts++ === 0) throw new Failure('repository-unreachable', 'gone')
        await gate.promise
        return fakeFileSystem(tree)
      },
    },
  })
  await using _ = files
  const look = (signal: AbortSignal) => files.use(pointOf(1), 'vda/1', signal, async ({ volume }) => volume.label)
  await assert.rejects(look(never), { code: 'repository-unreachable' })
  const impatient = new AbortController()
  const [first, second] = [look(impatient.signal), look(never)]
  impatient.abort()
  await assert.rejects(first, { name: 'AbortError' })
  gate.resolve()
  assert.equal(await second, 'fake')
  assert.equal(attempts, 2)
})

test('a volume that its reader refuses says so in the list, and a repository that is gone is no refusal', async () => {
  const refusals = [
    ['file-system-damaged', 'damaged'],
    ['object-missing', 'damaged'],
    ['volume-unsupported', 'feature-unknown'],
  ] as const
  for (const [code, refusal] of refusals) {
    const { files } = rig({
      guests: {
        openFound: async () => {
          throw new Failure(code, 'why')
        },
      },
    })
    await using _ = files
    const [volume] = await files.volumes(pointOf(1), never)
    assert.deepEqual([volume?.refusal, volume?.told, volume?.reader], [refusal, 'why', undefined])
  }
  const { files } = rig({
    guests: {
      openFound: async () => {
        throw new Failure('repository-unreachable', 'unplugged')
      },
    },
  })
  await using _ = files
  await assert.rejects(files.volumes(pointOf(1), never), { code: 'repository-unreachable' })
})

test('what nobody reads fails by its reason', async () => {
  const { files } = rig({
    guests: {
      findVolumes: async () => {
        const [{ volume, ...found }] = [fakeFound(undefined)]
        const { reader: _, ...unread } = volume
        return [
          { ...found, volume: { ...unread, id: 'a', refusal: 'encrypted', content: 'luks' } },
          { ...found, volume: { ...unread, id: 'b', refusal: 'raid' } },
        ]
      },
    },
  })
  await using _ = files
  for (const [id, code] of [
    ['a', 'volume-locked'],
    ['b', 'volume-unsupported'],
    ['c', 'volume-not-found'],
  ] as const) {
    await assert.rejects(
      files.use(pointOf(1), id, never, async () => undefined),
      { code },
    )
  }
})

test('a trace tells every range that a listing reads, also what is cached, and nothing of the opening', async () => {
  const { files } = rig()
  await using _ = files
  for (let round = 0; round < 2; round++) {
    const reads: unknown[] = []
    await files.trace(
      pointOf(1),
      'vda/1',
      (...read) => reads.push(read),
      never,
      async ({ fileSystem }) => {
        for await (const _batch of fileSystem.list(fileSystem.root, never));
      },
    )
    assert.deepEqual(reads, [['vda', 4096, 4608]])
  }
})

test('closing closes what is open', async () => {
  const { files, closed, readers } = rig()
  await files.use(pointOf(1), 'vda/1', never, async () => undefined)
  await files[Symbol.asyncDispose]()
  assert.deepEqual([closed, readers[0]?.isClosed], [[pointOf(1)], true])
  await assert.rejects(files.volumes(pointOf(1), never), { name: 'AbortError' })
})
