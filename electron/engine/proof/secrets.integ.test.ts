import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { KiB, MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { assertFailed, needPoint, never, openConsole, type Place, passphrase, place } from './walk.ts'

/** What opens a repository, and what its guests hold, is looked for wherever somebody could read it. */

/** Argument lists and environments of all processes that this one started, looked at again and again. */
async function spied(until: AbortSignal): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  while (!until.aborted) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    for (const text of pids.flatMap(openly)) seen.add(text)
    await delay(5)
  }
  return seen
}

function openly(pid: string): readonly string[] {
  try {
    return isOurs(pid) ? ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')) : []
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** By `/proc/PID/stat`: the second field behind the name in brackets is the parent. */
function isOurs(pid: string): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  return parent === process.pid
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

/** The forms in which a secret could slip out. */
function forms(secret: Uint8Array | string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
}

async function assertNowhere(
  folder: Place,
  more: readonly string[],
  secrets: Readonly<Record<string, string | Uint8Array>>,
) {
  const files = (await filesBelow(folder.at())).filter((file) => !/\/(secrets|images|out)\//.test(file))
  assert.ok(files.some((file) => file.endsWith('catalog.db')) && files.some((file) => file.endsWith('engine.log')))
  const places = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'latin1') })))
  places.push(...more.map((text) => ({ file: 'a process, an event or an answer', text })))
  for (const [name, secret] of Object.entries(secrets)) {
    for (const form of forms(secret)) {
      for (const { file, text } of places) assert.ok(!text.includes(form), `${name} stands in ${file}`)
    }
  }
}

/** The whole walk with its failures; answers what was said on the way. */
async function walk(folder: Place): Promise<{ said: readonly string[]; recoveryWords: string; repositoryId: string }> {
  await using console = await openConsole(folder.at('home'))
  const { repositoryId, recoveryWords } = await console.createRepository(folder.at('repository'))
  const hostId = await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('web')
  const point = needPoint(await console.backUp(machineId, repositoryId))
  const target = { kind: 'images', folder: folder.at('out'), format: 'qcow2' } as const
  needPoint(await console.restore(point, target))
  assertFailed(await console.restore(point, target), 'target-exists')
  const asNew = { kind: 'new-machine', name: 'web-2', hostId } as const
  needPoint(await console.restore(point, asNew))
  const verified = await console.verify(repositoryId)
  assert.equal(verified.state, 'done', JSON.stringify(verified.failure))
  const wrong = { kind: 'passphrase', passphrase: 'wrong-canary-9c1f' } as const
  const address = { kind: 'folder', folder: folder.at('repository') } as const
  await assert.rejects(console.calls.openRepository({ address, unlock: wrong }, never), { code: 'passphrase-wrong' })
  await console.calls.openRepository({ address, unlock: { kind: 'recovery-words', words: recoveryWords } }, never)
  const lists = [
    await console.calls.listRuns({ limit: 1000 }, never),
    await console.calls.listRepositories(null, never),
    await console.calls.listPoints({}, never),
  ]
  return { said: [...console.said, JSON.stringify(lists)], recoveryWords, repositoryId }
}

test('passphrase, recovery words and root key stand in no log, catalog, record, event, argument or environment', async () => {
  await using folder = await place('images', 'home', 'out')
  await writeFile(folder.at('images', 'web.raw'), chanceFrom(20_260_107).bytes(MiB))
  const stop = new AbortController()
  const spying = spied(stop.signal)
  const { said, recoveryWords, repositoryId } = await walk(folder).finally(() => stop.abort())
  const seen = await spying
  assert.ok(
    [...seen].some((text) => text.includes('qemu-nbd')),
    'no child was seen: nothing was proven',
  )
  const rootKey = await readFile(folder.at('home', 'secrets', `repository-${repositoryId}`))
  assert.equal(rootKey.length, 32)
  const words = recoveryWords.split(' ').slice(0, 6).join(' ')
  await assertNowhere(folder, [...said, ...seen], { passphrase, words, rootKey, wrong: 'wrong-canary-9c1f' })
})

test('what a guest holds and what its machine is called cannot be read from the repository', async () => {
  await using folder = await place('images', 'home', 'out')
  const canary = 'guest-canary-41d7-in-the-clear'
  const name = 'machine-canary-77e2'
  await mkdir(folder.at('more'))
  const bytes = Buffer.alloc(MiB, `${canary} `)
  await writeFile(folder.at('images', `${name}.raw`), bytes)
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  needPoint(await console.backUp(await console.machineNamed(name), repositoryId))
  const files = await filesBelow(folder.at('repository'))
  assert.ok(files.length > 5)
  for (const file of files) {
    const text = `${file} ${await readFile(file, 'latin1')}`
    for (const secret of [canary, name]) assert.ok(!text.includes(secret), `${secret} stands in ${file}`)
  }
  const log = await readFile(folder.at('home', 'logs', 'engine.log'), 'latin1')
  assert.ok(!log.includes(canary) && log.length < 100 * KiB)
})
