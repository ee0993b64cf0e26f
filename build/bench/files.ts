import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { startPool } from '../../electron/engine/chunk/pool.ts'
import type { ReadableDisk } from '../../electron/engine/disk/disk.ts'
import { simpleReplyBytes, simpleReplyMagic } from '../../electron/engine/disk/nbd/protocol.ts'
import { type Asked, scriptedServer } from '../../electron/engine/disk/nbd/server.rig.ts'
import { type Console, needPoint, never, openConsole, passphrase, place } from '../../electron/engine/proof/walk.ts'
import { openRepository } from '../../electron/engine/repository/repository.ts'
import { openLocalStore } from '../../electron/engine/store/local.ts'
import { EngineThread } from '../../electron/host/engine-thread.ts'
import { GiB, KiB, MiB } from '../../shared/units.ts'
import { connect } from '../../shared/wire.ts'
import { median } from './measure.ts'
import { randomBytesOf } from './random.ts'

/**
 * What it takes to look into a point: a disk of 8 GiB (ext4, 22,000 files, 800 MB) in a repository in a folder. Each round is a
 * new console that has looked into another machine's point, so that its threads run and nothing of this one was read; the
 * repository lies in the page cache. guestfish reads the same point, served by NBD.
 */
const manyFiles = 2000
const bigBytes = 20 * MiB

type Figures = {
  readonly firstMs: number
  readonly firstBytes: number
  readonly manyMs: number
  readonly manyBytes: number
  readonly bigMs: number
  readonly againMs: number
}

export async function measureFiles(rounds: number): Promise<void> {
  await using top = await place('images')
  makeDisk(top.at('images'), top.at('tree'))
  const points = await backUp(top.at('home'), top.at('images'), top.at('repository'))
  const figures: Figures[] = []
  for (let round = 0; round < rounds; round++) {
    await using engine = new EngineThread({ home: top.at('home'), unattended: false })
    using port = engine.attach()
    const { calls } = connect<AbortSignal>(port)
    figures.push(await measureOnce({ calls, download: engine.download }, points))
  }
  console.log(report(figures))
  console.log(await withGuestfish(top.at('repository'), points.server))
}

function makeDisk(images: string, tree: string): void {
  const write = (name: string, bytes: Uint8Array): void => writeFileSync(path.join(tree, name), bytes)
  for (const name of ['', 'many', ...Array.from({ length: 200 }, (_, at) => `other/${at}`)])
    mkdirSync(path.join(tree, name), { recursive: true })
  for (let at = 0; at < manyFiles; at++) write(`many/file-${at}.txt`, randomBytesOf(at, 1 + ((at * 37) % (4 * KiB))))
  for (let at = 0; at < 20_000; at++) write(`other/${at % 200}/${at}`, Buffer.alloc(1 + ((at * 131) % (8 * KiB)), at))
  for (let at = 0; at < 12; at++) write(`other/media-${at}`, randomBytesOf(at, 60 * MiB))
  write('big.bin', randomBytesOf(7, bigBytes))
  const image = path.join(images, 'server.raw')
  writeFileSync(image, '')
  truncateSync(image, 8 * GiB)
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', tree, image])
  rmSync(tree, { recursive: true })
}

type Points = { readonly server: string; readonly other: string }

async function backUp(home: string, images: string, folder: string): Promise<Points> {
  await using made = await openConsole(home)
  await made.calls.createSample({ folder: images }, never)
  const { repositoryId } = await made.createRepository(folder)
  const [server, other] = [
    needPoint(await made.backUp(await made.machineNamed('server'), repositoryId)),
    needPoint(await made.backUp(await made.machineNamed('sample-shop'), repositoryId)),
  ]
  return { server, other }
}

/** A whole console: its engine in a thread, files by tickets. */
type Whole = Pick<Console, 'calls'> & { readonly download: EngineThread['download'] }

async function measureOnce({ calls, download }: Whole, { server: pointId, other }: Points): Promise<Figures> {
  await readLog(calls, other)
  const list = async (at: string) => {
    const [volume] = await calls.listVolumes({ pointId }, never)
    const where = { pointId, volumeId: volume?.id ?? '', path: at }
    const { entries } = await calls.listFiles({ ...where, limit: 10_000 }, never)
    return { ...where, count: entries.length }
  }
  const first = await timed(() => list('/'))
  const many = await timed(() => list('/many'))
  if (many.result.count !== manyFiles) throw new Error(`${many.result.count} files were listed`)
  const { volumeId } = first.result
  const big = await timed(() => readWhole({ calls, download }, { pointId, volumeId, path: '/big.bin' }))
  const again = await timed(() => list('/many'))
  const [firstMs, manyMs, bigMs, againMs] = [first.ms, many.ms, big.ms, again.ms]
  return { firstMs, firstBytes: first.bytes, manyMs, manyBytes: many.bytes, bigMs, againMs }
}

/** As it stands once a console was used: its threads run. */
async function readLog(calls: Console['calls'], pointId: string): Promise<void> {
  const [volume] = await calls.listVolumes({ pointId }, never)
  const where = { pointId, volumeId: volume?.id ?? '', path: '/var/log/shop.log', lengthBytes: MiB }
  await Promise.all([0, 1, 2, 3, 4, 5].map((at) => calls.readFile({ ...where, offset: at * MiB }, never)))
}

type Ref = { readonly pointId: string; readonly volumeId: string; readonly path: string }

async function readWhole({ calls, download }: Whole, ref: Ref): Promise<void> {
  const { ticket } = await calls.openDownload({ items: [ref], as: 'file' }, never)
  using found = await download(ticket, false, never)
  let bytes = 0
  for await (const piece of found?.bytes(undefined) ?? []) bytes += piece.length
  if (bytes !== bigBytes) throw new Error(`The file ends at ${bytes}`)
}

/** Bytes are all that this process read from any file meanwhile, as the kernel counts them. */
async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly ms: number; readonly bytes: number }> {
  const before = readBytes()
  const begin = performance.now()
  const result = await work()
  return { result, ms: performance.now() - begin, bytes: readBytes() - before }
}

function readBytes(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

/** Medians, and the best in brackets: what the machine can do when nobody else wants it. */
function report(figures: readonly Figures[]): string {
  const told = (pick: (each: Figures) => number): string => {
    const all = figures.map(pick)
    return `${median(all).toFixed(0)} ms (${Math.min(...all).toFixed(0)})`
  }
  const mega = (pick: (each: Figures) => number): string => `${(median(figures.map(pick)) / 1e6).toFixed(1)} MB read`
  return [
    `First listing: ${told((each) => each.firstMs)}, ${mega((each) => each.firstBytes)}`,
    `Folder of ${manyFiles}: ${told((each) => each.manyMs)}, ${mega((each) => each.manyBytes)}; again ${told((each) => each.againMs)}`,
    `File of ${(bigBytes / 1e6).toFixed(1)} MB: ${told((each) => each.bigMs)}`,
  ].join('\n')
}

async function withGuestfish(folder: string, pointId: string): Promise<string> {
  await using store = await openLocalStore(folder, never)
  await using pool = startPool(1)
  const key = { kind: 'passphrase', passphrase } as const
  await using repository = (await openRepository({ store, pool, clock: systemClock, key }, never)).repository
  await using disk = await repository.openDisk(pointId, 'server', never)
  const onRequest = (asked: Asked, socket: { write(bytes: Uint8Array): unknown }) => void answer(disk, asked, socket)
  await using server = await scriptedServer({ sizeBytes: disk.sizeBytes, structured: false, onRequest })
  const begin = performance.now()
  const said = await guestfish(server.socketPath)
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const times = [...said.matchAll(/elapsed time: ([\d.]+) seconds/g)].map(([, each]) => Number(each) * 1000)
  const [launch, first, many, big] = times.map((ms) => ms.toFixed(0))
  return `guestfish: ready ${launch} ms, first listing ${first} ms, folder ${many} ms, file ${big} ms; ${seconds} s in all`
}

async function answer(
  disk: ReadableDisk,
  { command, cookie, offset, lengthBytes }: Asked,
  socket: { write(bytes: Uint8Array): unknown },
): Promise<void> {
  const bytes = Buffer.alloc(simpleReplyBytes + (command === 0 ? lengthBytes : 0))
  bytes.writeUInt32BE(simpleReplyMagic, 0)
  bytes.writeBigUInt64BE(cookie, 8)
  if (command === 0) await disk.read(offset, bytes.subarray(simpleReplyBytes), never)
  if (command !== 2) socket.write(bytes)
}

/** Each step told with its time, as guestfish itself measures it. */
function guestfish(socketPath: string): Promise<string> {
  const steps = ['ls /', 'ls /many', 'download /big.bin /dev/null'].map((step) => `time ${step}`)
  const script = ['time run', 'mount-ro /dev/sda /', ...steps].join('\n')
  const env = { ...process.env, LIBGUESTFS_BACKEND: 'direct', LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' }
  const args = ['--ro', '--format=raw', '-a', `nbd://?socket=${socketPath}`]
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = execFile('guestfish', args, { env, maxBuffer: 16 * MiB }, (error, out, told) =>
    error === null ? resolve(out + told) : reject(error),
  )
  child.stdin?.end(script)
  return promise
}
