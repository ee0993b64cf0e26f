import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileKinds } from '../../../../shared/files.ts'
import { systemClock } from '../../base/clock.ts'
import { silentLog } from '../../base/log.ts'
import { differences, knownInBoth } from '../../catalog/files/differences.ts'
import { FileCatalog, type FileTables } from '../../catalog/files/file-catalog.ts'
import type { FolderId } from '../../catalog/files/folders.ts'
import { versionsOf } from '../../catalog/files/hits.ts'
import { fold } from '../../catalog/files/name-text.ts'
import { searchFiles } from '../../catalog/files/search.ts'
import { forgetPoints, tidyVolume, untidyVolumes } from '../../catalog/files/tidy.ts'
import { indexPoint } from './index-point.ts'
import {
  type Chance,
  chanceOf,
  changed,
  type ModelNode,
  ModelSource,
  type ModelTree,
  newSeed,
  pathsOf,
  rootBlock,
} from './model.rig.ts'

const signal = new AbortController().signal
const machineId = '00000000-0000-4000-8000-00000000000a'
const empty: ModelTree = new Map([[rootBlock, new Map()]])

class World implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'file-index-'))
  readonly catalog = new FileCatalog(this.folder, systemClock, silentLog)
  readonly source = new ModelSource()
  /** Points that exist, oldest first; equal moments are allowed. */
  readonly points: { readonly id: string; readonly createdAt: number }[] = []

  addPoint(tree: ModelTree, createdAt: number): string {
    const id = String(this.source.trees.size).padStart(32, '0')
    this.source.trees.set(id, tree)
    this.points.push({ id, createdAt })
    this.points.sort((a, b) => a.createdAt - b.createdAt)
    return id
  }

  async index(id: string): Promise<void> {
    const createdAt = this.points.find((each) => each.id === id)?.createdAt ?? 0
    const { catalog, source } = this
    const point = { id, machineId, createdAt }
    await indexPoint({ catalog, source, point, pass: async () => {}, onVolume: () => {} }, signal)
  }

  forget(id: string): void {
    this.points.splice(
      this.points.findIndex((each) => each.id === id),
      1,
    )
    forgetPoints(this.catalog, machineId, new Set(this.points.map((each) => each.id)))
  }

  tidy(): void {
    for (const { id } of untidyVolumes(this.catalog, machineId)) for (const _ of tidyVolume(this.catalog, id));
  }

  /** Done points with their trees, oldest first. */
  done(): readonly {
    readonly id: string
    readonly createdAt: number
    readonly paths: ReadonlyMap<string, ModelNode>
  }[] {
    const done = this.catalog.read(({ points }) => points.done(machineId))
    return done.map(({ id, createdAt }) => ({ id, createdAt, paths: pathsOf(this.source.trees.get(id) ?? empty) }))
  }

  [Symbol.dispose](): void {
    this.catalog[Symbol.dispose]()
    rmSync(this.folder, { recursive: true })
  }
}

/** Everything that the catalog says a point holds. */
function listingOf({ entries, folders, names, points, volumes }: FileTables, pointId: string): readonly string[] {
  const volume = volumes.find(machineId, 'vda/1')
  const number = points.get(pointId)?.number ?? -1
  const out: string[] = []
  const walk = (folder: FolderId, above: string): void => {
    for (const { name, kind, size, modified } of entries.page(folder, number, 0, 1_000_000)) {
      const at = `${above}/${names.get(name)}`
      out.push(`${at} ${fileKinds[kind]} ${size} ${modified}`)
      const inner = fileKinds[kind] === 'folder' ? folders.find(folder, name) : undefined
      if (inner !== undefined) walk(inner, at)
    }
  }
  if (volume !== undefined) walk(folders.root(volume.id), '')
  return out.sort()
}

function modelListing(paths: ReadonlyMap<string, ModelNode>): readonly string[] {
  return [...paths].map(([at, { kind, size, modified }]) => `${at} ${kind} ${size} ${modified}`).sort()
}

function check(world: World, chance: Chance): void {
  const done = world.done()
  for (const { id, paths } of done) {
    assert.deepEqual(
      world.catalog.read((tables) => listingOf(tables, id)),
      modelListing(paths),
    )
  }
  const all = [...new Set(done.flatMap(({ paths }) => [...paths.keys()]))].sort()
  for (const at of all) checkVersions(world, at)
  for (const query of ['a', 'log', '报告', '报', 'ÉTÉ', 'conf', 'ort 2', 'd-e', '2026 report', 'x']) {
    checkSearch(world, all, query, undefined)
    checkSearch(world, all, query, chance(60))
  }
  for (const query of ['a/', '/a', '/a/b', 'b/lo', '/年度']) checkSearch(world, all, query, undefined)
  checkSearch(world, all, '', chance(60))
  const [one, other] = [done[chance(Math.max(1, done.length))], done[chance(Math.max(1, done.length))]]
  if (one !== undefined && other !== undefined) checkDifferences(world, one, other)
}

function checkVersions(world: World, at: string): void {
  const found = world.catalog.read((tables) => versionsOf(tables, machineId, 'vda/1', at.slice(1).split('/')))
  const versions = new Map<string, string[]>()
  for (const { id, paths } of world.done().toReversed()) {
    const node = paths.get(at)
    if (node === undefined) continue
    const text = `${node.kind} ${node.size} ${node.modified}`
    versions.set(text, [...(versions.get(text) ?? []), id])
  }
  const told = found.map(({ kind, sizeBytes, modifiedAt, pointIds }) => [
    `${kind} ${sizeBytes} ${modifiedAt}`,
    pointIds,
  ])
  assert.deepEqual(told, [...versions], at)
}

function checkSearch(world: World, all: readonly string[], query: string, deletedSince: number | undefined): void {
  const done = world.done()
  const { hits, isMore } = world.catalog.read((tables) => searchFiles(tables, { query, deletedSince, limit: 1000 }))
  const expected = all
    .filter((at) => fits(at, query))
    .flatMap((at) => {
      const having = done.filter(({ paths }) => paths.has(at))
      const newest = having.at(-1)
      const gone = done.slice(done.findIndex(({ id }) => id === newest?.id) + 1)[0]
      if (newest === undefined) return []
      if (deletedSince !== undefined && (gone === undefined || newest.createdAt < deletedSince)) return []
      const contents = having.map(({ paths }) => JSON.stringify({ ...paths.get(at), block: 0 }))
      return [`${at} ${newest.id} ${newest.createdAt} ${new Set(contents).size} ${gone?.createdAt}`]
    })
  const told = hits.map((hit) => `${hit.path} ${hit.pointId} ${hit.pointAt} ${hit.versions} ${hit.goneSince}`)
  assert.deepEqual(told.sort(), expected.sort(), `search for "${query}" since ${deletedSince}`)
  assert.equal(isMore, false)
}

function fits(at: string, query: string): boolean {
  const folded = fold(at)
  const name = folded.slice(folded.lastIndexOf('/') + 1)
  if (!query.includes('/'))
    return fold(query)
      .split(' ')
      .every((word) => name.includes(word))
  const wanted = fold(query)
  const lastSlash = folded.lastIndexOf('/')
  return folded.indexOf(wanted, Math.max(0, lastSlash - wanted.length + 1)) >= 0
}

type Done = ReturnType<World['done']>[number]

function checkDifferences(world: World, from: Done, to: Done): void {
  const question = { from: from.id, to: to.id }
  const found = world.catalog.read((tables) => {
    const known = knownInBoth(tables, question) ?? []
    return differences(tables, question, known, undefined, 10_000).changes
  })
  const paths = [...new Set([...from.paths.keys(), ...to.paths.keys()])]
  const expected = paths.flatMap((at) => {
    const [before, after] = [from.paths.get(at), to.paths.get(at)]
    if (before === undefined) return [`new ${at}`]
    if (after === undefined) return [`gone ${at}`]
    const isSame = before.kind === after.kind && before.size === after.size && before.modified === after.modified
    return isSame || (before.kind === 'folder' && after.kind === 'folder') ? [] : [`changed ${at}`]
  })
  assert.deepEqual(found.map(({ change, path: at }) => `${change} ${at}`).sort(), expected.sort())
}

test('what the index says of every point is what the point holds, in whatever order points come, go and fail', async () => {
  for (let round = 0; round < 12; round++) {
    const seed = newSeed()
    try {
      await liveThrough(chanceOf(seed))
    } catch (thrown) {
      throw new Error(`seed ${seed}`, { cause: thrown })
    }
  }
})

async function liveThrough(chance: Chance): Promise<void> {
  using world = new World()
  let tree = changed(empty, chance, 12)
  for (let step = 0; step < 14; step++) {
    const base = world.points[chance(Math.max(1, world.points.length))]
    if (chance(4) === 0 && base !== undefined) tree = world.source.trees.get(base.id) ?? tree
    tree = changed(tree, chance, chance(8))
    world.source.canCompare = chance(6) > 0
    await comeAndGo(world, world.addPoint(tree, chance(60)), chance)
    check(world, chance)
  }
  for (const { id } of [...world.points]) world.forget(id)
  world.tidy()
  assert.deepEqual(rowCounts(world), [0, 0, 0, 0, 0])
}

async function comeAndGo(world: World, id: string, chance: Chance): Promise<void> {
  if (chance(4) === 0) {
    world.source.failAfter = chance(5)
    await world.index(id).catch(() => undefined)
    world.source.failAfter = Number.POSITIVE_INFINITY
  }
  if (chance(5) > 0) await world.index(id)
  const old = world.points[chance(world.points.length)]
  if (chance(4) === 0 && old !== undefined) world.forget(old.id)
  if (chance(3) === 0) world.tidy()
}

function rowCounts(world: World): readonly number[] {
  return world.catalog.read(({ volumes, entries, names, folders }) => [
    volumes.of(undefined).length,
    entries.scan(1, { folder: 0, name: -1 }, 10).length,
    [...names.beginning('')].length,
    [...names.having(['a\u0002\u0002'])].length,
    folders.reading(2 ** 32).ref === undefined ? 0 : 1,
  ])
}

test('only folders whose bytes changed are listed again', async () => {
  using world = new World()
  const file = (size: number): ModelNode => ({ kind: 'file', size, modified: 1, block: -1 })
  const folder = (block: number): ModelNode => ({ kind: 'folder', size: 0, modified: 1, block })
  const treeOf = (size: number): ModelTree =>
    new Map([
      [
        0,
        new Map([
          ['etc', folder(1)],
          ['var', folder(2)],
        ]),
      ],
      [1, new Map([['passwd', file(1)]])],
      [
        2,
        new Map([
          ['log', folder(3)],
          ['tmp', folder(4)],
        ]),
      ],
      [3, new Map([['syslog', file(size)]])],
      [4, new Map()],
    ])
  const [one, two, three] = [world.addPoint(treeOf(1), 1), world.addPoint(treeOf(1), 2), world.addPoint(treeOf(2), 3)]
  await world.index(one)
  assert.deepEqual(world.source.listed, [0, 1, 2, 3, 4])
  world.source.listed = []
  await world.index(two)
  assert.deepEqual(world.source.listed, [])
  await world.index(three)
  assert.deepEqual(world.source.listed, [3])
  const { entries } = world.catalog.read(({ volumes }) => volumes.of(machineId))[0] ?? { entries: 0 }
  assert.equal(entries, 7)
})
