import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import { MiB } from '../../../shared/units.ts'
import { connect } from '../../../shared/wire.ts'
import { EngineThread } from '../../host/engine-thread.ts'
import { startLoopback } from '../../host/loopback.ts'
import { passphrase, place } from '../proof/walk.ts'

const big = randomBytes(5 * MiB + 17)
const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** A machine with one ext4 volume, backed up by an engine in its own thread behind the real loopback. */
async function fileConsole() {
  await using cleanup = new AsyncDisposableStack()
  const at = cleanup.use(await place('images', 'tree', 'out'))
  mkdirSync(at.at('tree/docs/sub'), { recursive: true })
  writeFileSync(at.at('tree/docs/报告.bin'), big)
  writeFileSync(at.at('tree/docs/page.svg'), '<svg onload="alert(1)"/>')
  writeFileSync(at.at('tree/docs/sub/shot'), picture)
  execFileSync('mkfs.ext4', ['-q', '-d', at.at('tree'), at.at('images/web.raw'), '64M'])
  const engine = cleanup.use(new EngineThread({ home: at.at('home'), unattended: false }))
  const port = cleanup.use(engine.attach())
  const { calls } = connect<AbortSignal>(port)
  const loopback = cleanup.use(
    await startLoopback({ engine: connect(engine.attach()), files: new Map(), downloads: engine.download, port: 0 }),
  )
  await calls.addHost({ address: { kind: 'images', folder: at.at('images') } })
  const address = { kind: 'folder', folder: at.at('repository') } as const
  const { repositoryId } = await calls.createRepository({ address, passphrase })
  const machineId = (await calls.listMachines(null))[0]?.id ?? ''
  const ended = async (runId: RunId): Promise<Run> => {
    for (;;) {
      const run = await calls.showRun({ runId })
      if (isEnded(run.state)) return run
      await delay(20)
    }
  }
  const backup = await ended((await calls.startBackup({ machineId, repositoryId, method: 'full' })).runId)
  const pointId = backup.pointId ?? ''
  const volumeId = (await calls.listVolumes({ pointId })).find(({ content }) => content === 'ext4')?.id ?? ''
  const item = (path: string) => ({ pointId, volumeId, path })
  const get = (ticket: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${loopback.port}/files/${ticket}`, { headers })
  const owned = cleanup.move()
  return { at, calls, item, ended, get, machineId, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test('files of a point come through the door of the host, whole, in parts, and as archives', async () => {
  await using console = await fileConsole()
  const { at, calls, item, get } = console
  const one = await calls.openDownload({ items: [item('/docs/报告.bin')], as: 'file' })
  assert.deepEqual([one.name, one.sizeBytes], ['报告.bin', big.length])
  const whole = await get(one.ticket)
  assert.equal(sha(new Uint8Array(await whole.arrayBuffer())), sha(big))
  const part = await get(one.ticket, { range: 'bytes=4000000-4100000' })
  assert.equal(part.status, 206)
  assert.equal(sha(new Uint8Array(await part.arrayBuffer())), sha(big.subarray(4_000_000, 4_100_001)))

  const shot = await calls.openDownload({ items: [item('/docs/sub/shot')], as: 'file' })
  const shown = await get(`${shot.ticket}?inline`)
  assert.equal(shown.headers.get('content-type'), 'image/png')
  await shown.arrayBuffer()
  const drawing = await calls.openDownload({ items: [item('/docs/page.svg')], as: 'file' })
  const kept = await get(`${drawing.ticket}?inline`)
  assert.equal(kept.headers.get('content-type'), 'application/octet-stream')
  assert.match(kept.headers.get('content-disposition') ?? '', /^attachment/)
  await kept.arrayBuffer()

  const tar = await calls.openDownload({ items: [item('/docs')], as: 'tar' })
  assert.equal(tar.name, 'docs.tar')
  writeFileSync(at.at('docs.tar'), Buffer.from(await (await get(tar.ticket)).arrayBuffer()))
  execFileSync('tar', ['-xf', at.at('docs.tar')], { cwd: at.at('out') })
  assert.equal(sha(readFileSync(at.at('out/docs/报告.bin'))), sha(big))

  await assert.rejects(calls.openDownload({ items: [item('/docs')], as: 'file' }), { code: 'invalid-argument' })
  await assert.rejects(calls.openDownload({ items: [item('/nothing')], as: 'file' }), { code: 'file-not-found' })
  assert.equal((await get('U'.repeat(43))).status, 404)
})

test('files come into a folder and onto the shelf as runs, and the shelf goes with the engine', async () => {
  let shelf = ''
  await using at = await place()
  {
    await using console = await fileConsole()
    const { calls, item, ended, machineId } = console
    const target = { kind: 'folder', folder: at.at('new/folder') } as const
    const { runId } = await calls.startFileRestore({ items: [item('/docs')], target })
    const run = await ended(runId)
    assert.equal(run.state, 'done', run.failure?.message)
    assert.deepEqual(
      [run.kind, run.targetKind, run.machineId, run.target],
      ['files', 'folder', machineId, target.folder],
    )
    assert.deepEqual([run.files?.files, run.files?.folders], [3, 2])
    assert.equal(run.progress.bytesWritten, run.progress.bytesTotal)
    assert.equal(sha(readFileSync(at.at('new/folder/docs/报告.bin'))), sha(big))

    const shelved = await calls.startFileRestore({
      items: [item('/docs/报告.bin'), item('/docs/sub')],
      target: { kind: 'shelf' },
    })
    const paths = (await ended(shelved.runId)).target?.split('\n') ?? []
    assert.equal(paths.length, 2)
    assert.equal(sha(readFileSync(paths[0] ?? '')), sha(big))
    assert.deepEqual(readdirSync(paths[1] ?? ''), ['shot'])
    shelf = paths[0] ?? ''

    const missing = await calls.startFileRestore({ items: [item('/docs'), item('/nothing')], target })
    const failed = await ended(missing.runId)
    assert.deepEqual([failed.state, failed.failure?.code], ['failed', 'file-not-found'])
    assert.deepEqual(readdirSync(target.folder), ['docs'])
    assert.ok(existsSync(shelf))
  }
  assert.ok(!existsSync(shelf))
})

test('a paused run of files goes on, and a cancelled one leaves nothing', async () => {
  await using console = await fileConsole()
  const { at, calls, item, ended } = console
  const target = { kind: 'folder', folder: at.at('paused') } as const
  const { runId } = await calls.startFileRestore({ items: [item('/docs')], target })
  await calls.pauseRun({ runId })
  await calls.resumeRun({ runId })
  assert.equal((await ended(runId)).state, 'done')
  rmSync(at.at('paused'), { recursive: true })
  const again = await calls.startFileRestore({ items: [item('/docs')], target })
  await calls.pauseRun(again)
  await calls.cancelRun(again)
  const run = await ended(again.runId)
  if (run.state === 'cancelled') assert.ok(!existsSync(at.at('paused')))
  else assert.equal(run.state, 'done')
})
