import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { boundedTo, reportFault } from '../proof/rows.ts'
import { hurtBy, type Model, modelOf, threePoints } from './corruption-rig.ts'
import { freshOf, named, verify } from './damage-rig.ts'
import { tagBytes } from './format/pack.ts'
import type { LedgerHead } from './repository.ts'
import { contentOf, reopen, type TestRepository } from './test-rig.ts'

const seed = Number(process.env['STILLPOINT_SEED'] ?? boundedTo(1, Math.floor(Math.random() * 2 ** 31)))
const suite = import.meta.url

let pool: ChunkPool
let template: TestRepository
let stranger: TestRepository
let model: Model
let seen: LedgerHead

before(async () => {
  pool = startPool(1)
  template = await threePoints(pool)
  stranger = await threePoints(pool)
  model = modelOf(template)
  seen = (await reopen(pool, template)).head()
})
after(() => pool[Symbol.asyncDispose]())

/** Everything that is authenticated; the script and its README are for people. */
const kinds = ['config', 'keys/', 'packs/', 'indexes/', 'manifests/', 'ledger/']
const objects = (rig = template): readonly string[] => kinds.flatMap((kind) => named(rig.store, kind))
const bytesOf = (path: string, rig = template): Uint8Array => rig.store.objects.get(path) ?? new Uint8Array()

/** New bytes by path; undefined takes the object away. */
type Damage = ReadonlyMap<string, Uint8Array | undefined>

/** True when the damage was found, blamed on exactly the points that it harms, and the others restore. Says so otherwise. */
async function isFound(damage: Damage, what: string): Promise<boolean> {
  const rig = freshOf(template)
  for (const [path, bytes] of damage) {
    if (bytes === undefined) rig.store.objects.delete(path)
    else rig.store.objects.set(path, bytes)
  }
  const opened = await reopen(pool, rig, { seen }).catch((thrown: unknown) => thrown)
  if (opened instanceof Failure)
    return [...damage.keys()].some((path) => path === 'config' || path.startsWith('ledger/'))
  if (opened instanceof Error) throw opened
  await using repository = opened as Awaited<ReturnType<typeof reopen>>
  const expected = [...damage].map(([path, bytes]) => ({
    object: path,
    points: hurtBy(model, path, bytesOf(path), bytes),
  }))
  const found = await verify(repository)
  if (!isExactly(found, expected)) {
    process.stderr.write(`${what} (seed ${seed})\nfound:\n${tell(found)}\nexpected:\n${tell(expected)}\n`)
    return false
  }
  const hurt = new Set([...damage].flatMap(([path, bytes]) => hurtBy(model, path, bytesOf(path), bytes)))
  for (const [pointId, content] of model.contents) {
    const restored = await contentOf(repository, pointId, 'vda').catch(() => undefined)
    if ((restored?.equals(content) === true) === !hurt.has(pointId)) continue
    process.stderr.write(`${what} (seed ${seed}): point ${pointId}\n`)
    return false
  }
  return true
}

type Blamed = Awaited<ReturnType<typeof verify>>

const tell = (blamed: Blamed): string =>
  blamed
    .map(({ object, points }) => `${object} ${points.join()}`)
    .sort()
    .join('\n')

/**
 * Of two objects that are damaged at once one may hold the page that says what the other is needed for: then the point
 * stands with the page's object alone.
 */
function isExactly(found: Blamed, expected: Blamed): boolean {
  if (expected.length < 2) return tell(found) === tell(expected)
  const objects = (blamed: Blamed) =>
    blamed
      .map(({ object }) => object)
      .sort()
      .join()
  const points = (blamed: Blamed) => [...new Set(blamed.flatMap((each) => each.points))].sort().join()
  const pairs = new Map(expected.map(({ object, points }) => [object, points]))
  const isWithin = found.every((each) => each.points.every((point) => pairs.get(each.object)?.includes(point)))
  return isWithin && objects(found) === objects(expected) && points(found) === points(expected)
}

async function run(
  fault: 'F6',
  phase: string,
  what: string,
  damages: Iterable<readonly [Damage, string]>,
): Promise<void> {
  let ran = 0
  let bad = 0
  for (const [damage, name] of damages) {
    ran++
    if (!(await isFound(damage, name))) bad++
  }
  reportFault({ fault, phase, what, ran, bad, suite })
  assert.ok(ran > 0)
  assert.equal(bad, 0, `${bad} of ${ran} were not found, or blamed on the wrong points; seed ${seed}`)
}

function flipped(path: string, at: number, bit: number): Damage {
  const bytes = Uint8Array.from(bytesOf(path))
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  return new Map([[path, bytes]])
}

/** How much of an object's beginning is not ciphertext. */
const headBytes = {
  config: 12,
  'keys/': 60,
  'packs/': 64 + 16 + 32,
  'indexes/': 68,
  'manifests/': 68,
  'ledger/': 68,
} as const

function* headerBits(): Generator<readonly [Damage, string]> {
  for (const [kind, lengthBytes] of Object.entries(headBytes)) {
    const [path = ''] = named(template.store, kind)
    for (let at = 0; at < lengthBytes; at++) {
      // One bit of each byte in turn, or all eight.
      const bits = boundedTo(1, 8)
      for (let bit = 0; bit < bits; bit++) yield [flipped(path, at, (at + bit) % 8), `${path} byte ${at}`]
    }
  }
}

function* randomFlips(count: number, chance: () => number): Generator<readonly [Damage, string]> {
  const paths = objects()
  for (let number = 0; number < count; number++) {
    const path = paths[chance() % paths.length] ?? ''
    const at = chance() % bytesOf(path).length
    yield [flipped(path, at, chance() % 8), `flip ${number}: ${path} byte ${at}`]
  }
}

type Make = (path: string, chance: () => number) => Damage | undefined

/** Undefined where such a damage changes nothing. */
const structural: Readonly<Record<string, Make>> = {
  truncated: (path, chance) => only(path, bytesOf(path).subarray(0, chance() % bytesOf(path).length)),
  'without its last tag': (path) => only(path, bytesOf(path).subarray(0, -tagBytes)),
  empty: (path) => only(path, new Uint8Array(0)),
  'zeroed in places': (path, chance) => {
    const at = chance() % bytesOf(path).length
    return only(path, Uint8Array.from(bytesOf(path)).fill(0, at, at + 1 + (chance() % 600)))
  },
  longer: (path, chance) => only(path, Buffer.concat([bytesOf(path), Buffer.alloc(1 + (chance() % 80), chance())])),
  doubled: (path) => only(path, Buffer.concat([bytesOf(path), bytesOf(path)])),
  // Slots are found by listing: nobody can know of one that is gone.
  missing: (path) => (path.startsWith('keys/') ? undefined : new Map([[path, undefined]])),
  swapped: (path, chance) => {
    const other = oneLike(path, chance)
    return new Map([
      [path, bytesOf(other)],
      [other, bytesOf(path)],
    ])
  },
  'replaced by another of its kind': (path, chance) => only(path, bytesOf(oneLike(path, chance))),
  'replaced by that of another repository': (path, chance) => {
    const others = named(stranger.store, kindOf(path))
    return only(path, bytesOf(others[chance() % others.length] ?? '', stranger))
  },
}

const kindOf = (path: string): string => kinds.find((kind) => path.startsWith(kind)) ?? ''
const only = (path: string, bytes: Uint8Array): Damage => new Map([[path, bytes]])

function oneLike(path: string, chance: () => number): string {
  const others = named(template.store, kindOf(path))
  return others[chance() % others.length] ?? path
}

function* structuralDamages(count: number, chance: () => number): Generator<readonly [Damage, string]> {
  const paths = objects()
  const makers = Object.entries(structural)
  for (let number = 0; number < count; ) {
    const [what, make] = makers[number % makers.length] ?? ['', () => undefined]
    const path = paths[chance() % paths.length] ?? ''
    const damage = make(path, chance)
    const isDamage =
      damage !== undefined && [...damage].every(([at, bytes]) => !bytes || Buffer.compare(bytes, bytesOf(at)) !== 0)
    if (!isDamage) continue
    number++
    yield [damage, `${path} ${what}`]
  }
}

/** A linear congruential generator: the same numbers for the same seed. */
function chanceOf(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}

test('the model and verification agree that nothing is wrong with a whole repository', async () => {
  assert.ok(await isFound(new Map(), 'nothing'))
  const shared = [...model.records.values()].flat().filter(({ points }) => points.size > 1)
  assert.ok(
    shared.length > 0 && named(template.store, 'packs/').length > 3,
    'points share chunks, and packs are several',
  )
})

test('every header bit of every kind of object counts: a flipped one is found and blamed on exactly the points it harms', async () => {
  await run('F6', 'verify', 'header bits', headerBits())
})

test('every random flip is found and blamed on exactly the points it harms, and the others restore', async () => {
  await run('F6', 'verify', 'bit flips', randomFlips(boundedTo(1000, 10_000), chanceOf(seed)))
})

test('every structural damage is found and blamed on exactly the points it harms, and the others restore', async () => {
  await run('F6', 'verify', 'structural damages', structuralDamages(boundedTo(100, 200), chanceOf(seed + 1)))
})
