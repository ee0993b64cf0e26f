import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { constants, copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { cutAt, writeAll, writeSome } from './cut-image.ts'
import { Killable } from './killable.ts'
import { formatImage, mountImage, mountNbd } from './mounts.ts'
import { type DiskEvent, RecordingDisk } from './recording-disk.ts'
import { boundedTo, reportFault } from './rows.ts'
import { needPoint, type Place, place } from './walk.ts'

/**
 * The power fails while an engine writes its repository and its catalog to a real ext4. A disk that records writes and
 * flushes lies under it; out of the record come disks as a power cut could have left them, and an engine is started on each.
 */

const suite = import.meta.url
const seed = Number(process.env['STILLPOINT_SEED'] ?? 20_260_402)
const chance = chanceFrom(seed)
const diskBytes = 96 * MiB
const backups = 6

/** A point and the run that made it, from the moment on when both had been told of. */
type Acknowledged = { readonly at: number; readonly pointId: string; readonly runId: string; readonly digest: string }

type Record = {
  readonly events: readonly DiskEvent[]
  /** Where the first backup could begin: before that there is nothing to lose. */
  readonly begins: number
  readonly acknowledged: readonly Acknowledged[]
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Undefined, with the reason told, where no such disk can be mounted. */
async function recorded(t: TestContext, folder: Place): Promise<Record | undefined> {
  await using disk = await RecordingDisk.listen(folder.at('socket'), diskBytes)
  try {
    await using nbd = await mountNbd(folder.at('socket'), folder.at('nbd'))
    await formatImage(nbd.file)
    await using _ = await mountImage(nbd.file, folder.at('mounted'))
    return await lived(folder, disk)
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown
    t.skip(`a recorded disk cannot be mounted here: ${String(thrown)}`)
    return undefined
  }
}

/** The engine lives in a process of its own: this one must stay awake to serve the disk. */
async function lived(folder: Place, disk: RecordingDisk): Promise<Record> {
  await mkdir(folder.at('mounted', 'home'))
  const bytes = chance.bytes(3 * MiB)
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await using engine = await Killable.start(folder.at('mounted', 'home'))
  const address = { kind: 'folder', folder: folder.at('mounted', 'repository') } as const
  const { repositoryId } = await engine.call('createRepository', { address, passphrase: 'power' })
  await engine.call('addHost', { address: { kind: 'images', folder: folder.at('images') } })
  const [machine] = await engine.call('listMachines', null)
  const begins = disk.events.length
  const acknowledged: Acknowledged[] = []
  for (let left = backups; left > 0; left--) {
    bytes.set(chance.bytes(MiB), chance.below(2 * MiB))
    await writeFile(folder.at('images', 'web.raw'), bytes)
    const started = engine.call('startBackup', { machineId: machine?.id ?? '', repositoryId, method: 'incremental' })
    const run = await engine.ended(started)
    assert.ok(run !== undefined)
    acknowledged.push({ at: disk.events.length, pointId: needPoint(run), runId: run.id, digest: digestOf(bytes) })
  }
  return { events: [...disk.events], begins, acknowledged }
}

/** What is wrong with a disk that a power cut left; empty when nothing is. The judge is a process too: nothing of it stays. */
async function judge(folder: Place, record: Record, at: number): Promise<readonly string[]> {
  await using _ = await mountImage(folder.at('cut'), folder.at('mounted'))
  await using engine = await Killable.start(folder.at('mounted', 'home'))
  const repositoryId = await engine.opened()
  const verified = await engine.ended(engine.call('startVerify', { repositoryId }))
  const wrong = verified?.state === 'done' ? [] : [`verification: ${verified?.failure?.message}`]
  const listed = await engine.call('listPoints', {})
  const runs = await engine.call('listRuns', { limit: 1000 })
  const known = record.acknowledged.filter((each) => each.at <= at)
  for (const { pointId, runId } of known) {
    if (!listed.some(({ id }) => id === pointId)) wrong.push(`point ${pointId} is lost`)
    if (runs.find(({ id }) => id === runId)?.state !== 'done') wrong.push(`run ${runId} is no longer done`)
  }
  const newest = listed.toSorted((a, b) => b.createdAt - a.createdAt)[0]
  if (newest !== undefined) wrong.push(...(await compared(engine, folder, record, newest.id)))
  return wrong
}

/** A point that came to be and was never told of is a point like any other. */
async function compared(engine: Killable, folder: Place, record: Record, pointId: string): Promise<readonly string[]> {
  const target = { kind: 'images', folder: folder.at('out'), format: 'raw' } as const
  const restored = await engine.ended(engine.call('startRestore', { pointId, target }))
  if (restored?.state !== 'done') return [`${pointId} does not restore: ${restored?.failure?.message}`]
  const digest = digestOf(await readFile(restored.target ?? ''))
  await rm(restored.target ?? '')
  const expected = record.acknowledged.find((each) => each.pointId === pointId)?.digest
  return expected === undefined || expected === digest ? [] : [`${pointId} restores to other bytes`]
}

async function cutMany(folder: Place, record: Record, images: number): Promise<readonly string[]> {
  const wrong: string[] = []
  const lasting = folder.at('lasting')
  await (await open(lasting, 'w')).close()
  await truncated(lasting)
  const places = Array.from(
    { length: images },
    () => record.begins + chance.below(record.events.length - record.begins + 1),
  )
  let from = 0
  for (const at of places.toSorted((a, b) => a - b)) {
    const cut = cutAt(record.events, from, at)
    from = cut.lastsTo
    await writeAll(lasting, cut.lasting)
    await copyFile(lasting, folder.at('cut'), constants.COPYFILE_FICLONE)
    await writeSome(folder.at('cut'), cut.open, chance)
    const found = await judge(folder, record, at).catch((thrown: unknown) => [String(thrown)])
    wrong.push(...found.map((each) => `seed ${seed}, before event ${at} of ${record.events.length}: ${each}`))
  }
  return wrong
}

async function truncated(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.truncate(diskBytes)
  await handle.close()
}

test('whatever a power cut leaves of an ext4 under repository and catalog has every point that was told of', async (t) => {
  await using folder = await place('images', 'out')
  const record = await recorded(t, folder)
  if (record === undefined) return
  const images = boundedTo(16, 220)
  const wrong = await cutMany(folder, record, images)
  reportFault({ fault: 'F2', phase: 'backup on ext4', what: 'power-cut images', ran: images, bad: wrong.length, suite })
  const flushes = record.events.filter(({ kind }) => kind === 'flush').length
  t.diagnostic(`${images} images out of ${record.events.length - flushes} writes and ${flushes} flushes, seed ${seed}`)
  assert.ok(flushes >= backups * 4, `only ${flushes} flushes were seen: the disk under test does not tell them`)
  assert.deepEqual(wrong, [])
})
