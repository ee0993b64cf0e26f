import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Unlock } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { assertFailed, type Console, needPoint, never, openConsole, type Place, passphrase, place } from './walk.ts'

/** A repository in a folder that somebody or something damaged: the cause has a name, and what is not concerned comes back. */

const chance = chanceFrom(20_260_103)
let folder: Place
let recoveryWords = ''
/** The second and third machine have chunks, packs, index and manifest of their own. */
let points: readonly { readonly id: string; readonly bytes: Buffer }[]

before(async () => {
  folder = await place('images', 'home')
  await using console = await openConsole(folder.at('home'))
  const created = await console.createRepository(folder.at('repository'))
  recoveryWords = created.recoveryWords
  await console.addImages(folder.at('images'))
  const made = []
  for (const name of ['a', 'b', 'c']) {
    const bytes = chance.bytes(2 * MiB + 512)
    await writeFile(folder.at('images', `${name}.raw`), bytes)
    const machineId = await console.machineNamed(name)
    made.push({ id: needPoint(await console.backUp(machineId, created.repositoryId)), bytes })
  }
  points = made
})
after(() => folder[Symbol.asyncDispose]())

type Copy = AsyncDisposable & {
  readonly console: Console
  readonly repository: string
  readonly out: string
  open(words?: string): Promise<string>
}

/** A copy of the repository, damaged before a console that knows nothing of it opens it. */
async function damaged(damage: (repository: string) => void): Promise<Copy> {
  await using made = new AsyncDisposableStack()
  const own = made.use(await place('out'))
  const repository = own.at('repository')
  cpSync(folder.at('repository'), repository, { recursive: true })
  damage(repository)
  const console = made.use(await openConsole(own.at('home')))
  const owned = made.move()
  const address = { kind: 'folder', folder: repository } as const
  return {
    console,
    repository,
    out: own.at('out'),
    async open(words) {
      const unlock: Unlock =
        words === undefined ? { kind: 'passphrase', passphrase } : { kind: 'recovery-words', words }
      return (await console.calls.openRepository({ address, unlock }, never)).repositoryId
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Objects of a kind in the order in which they were made. */
function objects(repository: string, kind: string): readonly string[] {
  const names = readdirSync(path.join(repository, kind), { recursive: true, encoding: 'utf8', withFileTypes: true })
  return names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

function flip(file: string, at = 0.5): void {
  const bytes = readFileSync(file)
  const place = Math.floor((bytes.length - 1) * at)
  bytes[place] = (bytes[place] ?? 0) ^ 0x10
  rmSync(file)
  writeFileSync(file, bytes)
}

/** Which of the three points come back whole; the others must fail with one of `codes`. */
async function whole(copy: Copy, codes: readonly string[]): Promise<number> {
  let count = 0
  for (const { id, bytes } of points) {
    const target = { kind: 'images', folder: copy.out, format: 'raw' } as const
    const started = await copy.console.calls
      .startRestore({ pointId: id, target }, never)
      .catch((thrown: unknown) => thrown)
    if (started instanceof Failure) {
      assert.equal(started.code, 'point-not-found')
      continue
    }
    const run = await copy.console.ended((started as { runId: string }).runId)
    if (run.state === 'done') {
      assert.ok((await readFile(run.target ?? '')).equals(bytes))
      count++
    } else assert.ok(codes.includes(run.failure?.code ?? ''), JSON.stringify(run.failure))
  }
  return count
}

test('a wrong passphrase and wrong words are said to be wrong', async () => {
  await using copy = await damaged(() => {})
  const address = { kind: 'folder', folder: copy.repository } as const
  const unlock = { kind: 'passphrase', passphrase: `${passphrase}x` } as const
  await assert.rejects(copy.console.calls.openRepository({ address, unlock }, never), { code: 'passphrase-wrong' })
  await assert.rejects(copy.open('abandon '.repeat(24)), { code: 'passphrase-wrong' })
  await copy.open()
})

test('with one slot damaged or gone the other still opens, and the damage is found by a verification', async () => {
  const slots = objects(folder.at('repository'), 'keys').map((file) => path.basename(file))
  assert.equal(slots.length, 2)
  let opened = 0
  for (const slot of slots) {
    for (const kind of [undefined, recoveryWords]) {
      await using copy = await damaged((repository) => flip(path.join(repository, 'keys', slot)))
      const id = await copy.open(kind).catch((thrown: unknown) => thrown)
      if (id instanceof Failure) {
        assert.equal(id.code, 'key-slot-damaged')
        continue
      }
      opened++
      assertFailed(await copy.console.verify(String(id)), 'repository-damaged')
      assert.equal(await whole(copy, []), 3)
    }
  }
  assert.equal(opened, 2)
})

test('any flipped bit of config, or a missing one, is named', async () => {
  const lengthBytes = readFileSync(folder.at('repository', 'config')).length
  for (let at = 0; at < lengthBytes; at += Math.ceil(lengthBytes / 12)) {
    await using copy = await damaged((repository) => flip(path.join(repository, 'config'), at / (lengthBytes - 1)))
    const codes = ['repository-damaged', 'repository-too-new', 'format-unsupported', 'passphrase-wrong']
    await assert.rejects(copy.open(), (thrown) => thrown instanceof Failure && codes.includes(thrown.code))
  }
  await using copy = await damaged((repository) => rmSync(path.join(repository, 'config')))
  await assert.rejects(copy.open(), { code: 'repository-damaged' })
})

test('a flipped bit or a hole in the ledger is named, and nothing is read on', async () => {
  for (const damage of [flip, (file: string) => rmSync(file)]) {
    await using copy = await damaged((repository) => {
      const entry = objects(repository, 'ledger').toSorted()[1]
      damage(entry ?? '')
    })
    await assert.rejects(copy.open(), { code: 'repository-damaged' })
  }
})

test('a repository that lost its newest points is refused by a console that saw them', async () => {
  await using own = await place()
  const repository = own.at('repository')
  cpSync(folder.at('repository'), repository, { recursive: true })
  const address = { kind: 'folder', folder: repository } as const
  const id = await (async () => {
    await using console = await openConsole(own.at('home'))
    return (await console.calls.openRepository({ address, unlock: { kind: 'passphrase', passphrase } }, never))
      .repositoryId
  })()
  rmSync(objects(repository, 'ledger').toSorted().at(-1) ?? '')
  await using console = await openConsole(own.at('home'))
  const verify = console.calls.startVerify({ repositoryId: id }, never)
  await assert.rejects(verify, { code: 'repository-rolled-back' })
})

for (const { kind, lost } of [
  { kind: 'packs', lost: 1 },
  // Packs tell by their own ends what lies in them.
  { kind: 'indexes', lost: 0 },
  { kind: 'manifests', lost: 1 },
] as const) {
  test(`of damaged ${kind} ${lost === 0 ? 'no point is' : 'only the points that need them are'} lost, and a verification names each of them`, async () => {
    const damages = [
      (file: string) => flip(file),
      (file: string) => rmSync(file),
      (file: string) => writeFileSync(file, ''),
    ]
    const files = objects(folder.at('repository'), kind)
    for (const [at, damage] of damages.entries()) {
      const victim = path.relative(folder.at('repository'), files[at % files.length] ?? '')
      await using copy = await damaged((repository) => damage(path.join(repository, victim)))
      const id = await copy.open()
      const run = await copy.console.verify(id)
      assertFailed(run, 'repository-damaged')
      assert.ok(
        run.report?.damaged.some(({ object }) => object === victim),
        `${victim}: ${JSON.stringify(run.report)}`,
      )
      const named = new Set(run.report?.damaged.flatMap((each) => each.points))
      assert.equal(named.size, lost)
      assert.equal(await whole(copy, ['pack-missing', 'object-damaged', 'object-missing']), 3 - lost)
    }
  })
}

test('a repository of a version to come is refused by name before anything else is looked at', async () => {
  await using copy = await damaged((repository) => {
    const file = path.join(repository, 'config')
    const bytes = readFileSync(file)
    const at = bytes.indexOf(1, 4)
    bytes[at] = 9
    rmSync(file)
    writeFileSync(file, bytes)
  })
  await assert.rejects(copy.open(), { code: 'repository-too-new' })
})

test('a folder that vanishes is unreachable, an empty or foreign one holds no repository, and it heals by itself', async () => {
  await using copy = await damaged(() => {})
  const id = await copy.open()
  renameSync(copy.repository, `${copy.repository}.away`)
  assertFailed(await copy.console.verify(id), 'repository-unreachable')
  const [one] = points
  const target = { kind: 'images', folder: copy.out, format: 'raw' } as const
  const run = await copy.console.restore(one?.id ?? '', target)
  assertFailed(run, 'repository-unreachable')
  assert.deepEqual(readdirSync(copy.out), [])
  await mkdir(copy.repository)
  assertFailed(await copy.console.verify(id), 'repository-unreachable')
  rmSync(copy.repository, { recursive: true })
  renameSync(`${copy.repository}.away`, copy.repository)
  assert.equal(await whole(copy, []), 3)
})
