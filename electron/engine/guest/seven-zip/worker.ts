import { parentPort, workerData } from 'node:worker_threads'
import { KiB, MiB } from '../../../../shared/units.ts'
import { type Emscripten, instantiate, type Stream } from './emscripten.ts'
import { blockAt, type Errand, type Item, mostOut, type Settings, type Told, words } from './errand.ts'
import { ListingParser } from './listing.ts'
import { VolumeFile } from './volume-file.ts'

/** The entry of the thread in which 7-Zip reads one volume: errands one after the other, whatever it crashes on. */

const mostMemoryBytes = 768 * MiB
const pieceBytes = 256 * KiB
const itemsAtOnce = 1000
const tailLength = 2 * KiB
/** What is told of a run that did not come to its own end; 7-Zip's codes are below. */
const crashed = 256

const settings = workerData as Settings
const shared = new Int32Array(settings.memory, 0, blockAt / 4)
const volume = new VolumeFile(settings, tell)

parentPort?.on('message', (errand: Errand) => void carryOut(errand))

function tell(told: Told): void {
  parentPort?.postMessage(told, told.kind === 'bytes' ? [told.bytes.buffer] : [])
}

/** Waits while the engine has enough to do with what was told before. */
function tellWhenWanted(told: Told): void {
  for (let out = Atomics.load(shared, words.out); out >= mostOut; out = Atomics.load(shared, words.out)) {
    Atomics.wait(shared, words.out, out)
  }
  Atomics.add(shared, words.out, 1)
  tell(told)
}

async function carryOut(errand: Errand): Promise<void> {
  const sink = errand.kind === 'list' ? listingSink() : bytesSink()
  let told = ''
  const onError = (code: number): void => {
    told = (told + String.fromCharCode(code)).slice(-tailLength)
  }
  let exitCode = crashed
  try {
    const sevenZip = await instantiate(settings.program, mostMemoryBytes, onError)
    exitCode = runOnce(sevenZip, errand, sink.take)
    sink.end()
  } catch (thrown) {
    exitCode = crashed
    told += String(thrown)
  }
  tell({ kind: 'ended', exitCode, told })
}

type Sink = { take(bytes: Uint8Array): void; end(): void }

function runOnce(sevenZip: Emscripten, errand: Errand, take: (bytes: Uint8Array) => void): number {
  const { FS } = sevenZip
  volume.place(sevenZip, '/', 'volume')
  const stdout = FS.getStream(1)
  stdout.stream_ops = {
    ...stdout.stream_ops,
    write(_: Stream, from: Int8Array, at: number, lengthBytes: number) {
      take(new Uint8Array(from.buffer, from.byteOffset + at, lengthBytes))
      return lengthBytes
    },
  }
  const format = `-t${settings.format}`
  // Nothing is asked and no password tried; errors go where the listing does not.
  const common = [format, '-p', '-y', '-bd', '-bse2', '-sccUTF-8', '-scsUTF-8']
  if (errand.kind === 'list') return sevenZip.callMain(['l', '-slt', '-ba', ...common, '--', '/volume'])
  FS.writeFile('/paths', errand.paths.map((path) => `"${path}"\n`).join(''))
  const exact = errand.wild ? [] : ['-spd']
  return sevenZip.callMain(['e', '-so', '-ssc', ...exact, ...common, '-i@/paths', '--', '/volume'])
}

function listingSink(): Sink {
  let items: Item[] = []
  const hand = (): void => {
    if (items.length > 0) tellWhenWanted({ kind: 'items', items })
    items = []
  }
  const parser = new ListingParser((item) => {
    items.push(item)
    if (items.length >= itemsAtOnce) hand()
  })
  return {
    take: (bytes) => parser.take(bytes),
    end() {
      parser.end()
      hand()
    },
  }
}

function bytesSink(): Sink {
  let piece = new Uint8Array(pieceBytes)
  let filled = 0
  const hand = (): void => {
    if (filled > 0) tellWhenWanted({ kind: 'bytes', bytes: piece.slice(0, filled) })
    filled = 0
  }
  return {
    take(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const taken = bytes.subarray(at, at + pieceBytes - filled)
        piece.set(taken, filled)
        filled += taken.length
        at += taken.length
        if (filled === pieceBytes) hand()
      }
    },
    end() {
      hand()
      piece = new Uint8Array()
    },
  }
}
