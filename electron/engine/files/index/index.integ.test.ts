import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../../shared/units.ts'
import type { Log } from '../../base/log.ts'
import { type Console, needPoint, never, openConsole, type Place, place } from '../../proof/walk.ts'

type Walked = { readonly point: string; readonly listed: number; readonly kept: number; readonly entries: number }

/** A log that keeps what index runs say. */
function keeping(walked: Walked[]): Log {
  const keep: Log['info'] = (_, values) => {
    if (values !== undefined && 'listed' in values) walked.push(values as Walked)
  }
  return { info: keep, warn() {}, error() {} }
}

const folders = 240

/** An ext4 file system as mkfs makes it of a tree of folders. */
function makeImage(at: Place): string {
  const tree = at.at('tree')
  for (let folder = 0; folder < folders; folder++) {
    const inner = path.join(tree, `folder-${folder}`, 'inner')
    mkdirSync(inner, { recursive: true })
    for (let file = 0; file < 12; file++) writeFileSync(path.join(inner, `${folder}-${file}.txt`), `${folder} ${file}`)
  }
  const image = at.at('images', 'shop.raw')
  writeFileSync(image, '')
  truncateSync(image, 512 * MiB)
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', 'root_owner=0:0', '-d', tree, image])
  return image
}

/** Through e2fsprogs, which needs no mount. */
function change(at: Place, image: string, ...commands: readonly string[]): void {
  writeFileSync(at.at('commands'), `${commands.join('\n')}\n`)
  execFileSync('debugfs', ['-w', '-f', at.at('commands'), image], { stdio: 'ignore' })
}

async function backedUpAndKnown(console: Console, machineId: string, repositoryId: string): Promise<string> {
  const pointId = needPoint(await console.backUp(machineId, repositoryId))
  const runs = await console.calls.listRuns({ limit: 100 }, never)
  const index = runs.find((run) => run.kind === 'index' && run.pointId === pointId)
  assert.ok(index !== undefined, 'No index run followed the backup')
  const ended = await console.ended(index.id)
  assert.deepEqual([ended.state, ended.count, ended.warnings], ['done', 1, []], ended.failure?.message)
  return pointId
}

test('after each backup its files are found by name, and only folders whose bytes changed are read', async () => {
  await using owned = new AsyncDisposableStack()
  const at = owned.use(await place('images', 'tree'))
  const image = makeImage(at)
  writeFileSync(at.at('new.txt'), 'a new file')
  const walked: Walked[] = []
  const console = owned.use(await openConsole(at.at('home'), { log: keeping(walked), unattended: true }))
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')

  const first = await backedUpAndKnown(console, machineId, repositoryId)
  assert.equal(walked[0]?.listed, 2 * folders + 2, 'the root, lost+found, and two of each')
  const second = await backedUpAndKnown(console, machineId, repositoryId)
  assert.deepEqual([walked[1]?.listed, walked[1]?.kept], [0, 2 * folders + 2])
  change(at, image, 'cd folder-7/inner', `write ${at.at('new.txt')} Bericht-2026.txt`, 'rm 7-3.txt')
  const third = await backedUpAndKnown(console, machineId, repositoryId)
  const listed = walked[2]?.listed ?? 0
  assert.ok(listed > 0 && listed < folders, `${listed} of ${2 * folders + 2} folders were listed again`)

  const { calls } = console
  const found = await calls.searchFiles({ query: 'bericht', limit: 10 }, never)
  assert.deepEqual(
    found.hits.map(({ path: where, pointId, versions, sizeBytes }) => [where, pointId, versions, sizeBytes]),
    [['/folder-7/inner/Bericht-2026.txt', third, 1, 10]],
  )
  assert.deepEqual([found.isMore, found.missingPoints], [false, 0])
  const [gone] = (await calls.searchFiles({ query: '', deletedSince: 1, limit: 10 }, never)).hits
  assert.deepEqual([gone?.path, gone?.pointId], ['/folder-7/inner/7-3.txt', second])
  const volumeId = gone?.volumeId ?? ''
  const wanted = { machineId, volumeId, path: '/folder-9/inner/9-1.txt' }
  const { versions, missing } = await calls.fileVersions(wanted, never)
  assert.deepEqual([versions.map(({ pointIds }) => pointIds), missing], [[[third, second, first]], []])

  const differing = await calls.diffFiles({ from: second, to: third, limit: 100 }, never)
  assert.deepEqual(differing.changes.map(({ change: how, path: where }) => `${how} ${where}`).sort(), [
    'gone /folder-7/inner/7-3.txt',
    'new /folder-7/inner/Bericht-2026.txt',
  ])
  const [index] = await calls.listFileIndexes(null, never)
  assert.deepEqual([index?.points, index?.indexed, index?.enabled, index?.skipped], [3, 3, true, 0])
  assert.ok((index?.entries ?? 0) > folders * 14)

  await calls.setFileIndex({ machineId, enabled: false }, never)
  assert.deepEqual((await calls.searchFiles({ query: 'bericht', limit: 10 }, never)).hits, [])
  const read = await calls.diffFiles({ from: second, to: third, limit: 1 }, never)
  assert.equal(read.changes.length, 1)
  const rest = await calls.diffFiles({ from: second, to: third, limit: 100, cursor: read.next ?? '' }, never)
  assert.deepEqual(
    [...read.changes, ...rest.changes].map(({ path: where }) => where),
    ['/folder-7/inner/7-3.txt', '/folder-7/inner/Bericht-2026.txt'],
  )
  const { runId } = await calls.startFileIndex({ machineId }, never)
  assert.deepEqual([(await console.ended(runId)).count, (await console.ended(runId)).state], [3, 'done'])
  assert.equal((await calls.searchFiles({ query: 'bericht', limit: 10 }, never)).hits.length, 1)
})
