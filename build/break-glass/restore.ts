import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { idBytes, type RecordPlace, type RecordType, recordTypes } from '../../electron/engine/chunk/chunk.ts'
import { chunkId, openRecord, packSeal, sameId } from '../../electron/engine/chunk/seal.ts'
import { oneShotZstd } from '../../electron/engine/chunk/zstd.ts'
import { fromHex, toHex } from '../../electron/engine/repository/format/bytes.ts'
import { packPath } from '../../electron/engine/repository/format/index.ts'
import type { Manifest } from '../../electron/engine/repository/format/manifest.ts'
import { idAt, idsPerPage, isZeroId, leaves, shapeOf, widthOf } from '../../electron/engine/repository/format/map.ts'
import { tagBytes } from '../../electron/engine/repository/format/pack.ts'
import type { Vault } from './vault.ts'

type Disk = Manifest['disks'][number]

/**
 * One disk of a point to a raw image. The file has its name only when it is whole; a file that exists is never replaced.
 * Every chunk is proven by its tag and compared with its id.
 */
export async function restoreDisk(
  vault: Vault,
  disk: Disk,
  out: string,
  onChunk: (end: number) => void,
): Promise<void> {
  const partial = `${out}.partial`
  for (const file of [out, partial]) if (existsSync(file)) throw new Error(`${file} exists already`)
  const file = openSync(partial, 'wx', 0o600)
  try {
    ftruncateSync(file, disk.sizeBytes)
    for await (const { offset, bytes } of chunksOf(vault, disk)) {
      writeWhole(file, bytes, offset)
      onChunk(offset + bytes.length)
    }
    fsyncSync(file)
  } catch (thrown) {
    closeSync(file)
    rmSync(partial, { force: true })
    throw thrown
  }
  closeSync(file)
  giveName(partial, out)
}

async function* chunksOf(vault: Vault, disk: Disk): AsyncGenerator<{ offset: number; bytes: Uint8Array }> {
  const { chunkBytes } = vault.config
  const shape = shapeOf(disk.sizeBytes, chunkBytes)
  const map = { root: fromHex(disk.mapRoot), shape }
  const load = async (id: Uint8Array) => Uint8Array.from(openOne(vault, recordTypes.page, id))
  for await (const { page, ids } of leaves(map, 0, widthOf(shape, 1), load)) {
    for (let at = 0; at < ids.length / idBytes; at++) {
      const id = idAt(ids, at)
      if (isZeroId(id)) continue
      yield { offset: (page * idsPerPage + at) * chunkBytes, bytes: openOne(vault, recordTypes.data, id) }
    }
  }
}

/** From any pack that still has it. */
function openOne(vault: Vault, type: RecordType, id: Uint8Array): Uint8Array {
  const place = vault.places.find(id)
  if (place === undefined) throw new Error(`no index that could be read names the chunk ${toHex(id)}`)
  try {
    return openAt(vault, type, id, place)
  } catch (thrown) {
    for (const other of vault.places.each(id)) {
      if (other.pack === place.pack) continue
      try {
        return openAt(vault, type, id, vault.places.at(other.pack, other.ordinal))
      } catch {
        // What was found first is told.
      }
    }
    throw thrown
  }
}

function openAt({ objects, places, keys }: Vault, type: RecordType, id: Uint8Array, place: RecordPlace): Uint8Array {
  const pack = places.pack(place.pack)
  const path = packPath(pack.name)
  const { chunks } = keys.at(pack.epoch)
  const sealed = objects.readRange(path, place.offset, place.storedBytes + tagBytes)
  try {
    const bytes = openRecord(packSeal(chunks, pack.salt), { ...place, id, type }, sealed, oneShotZstd())
    if (!sameId(chunkId(chunks, type, bytes), id)) throw new Error('the chunk is not that of its id')
    return bytes
  } catch (thrown) {
    throw new Error(`${path} is damaged at ${place.offset}`, { cause: thrown })
  }
}

function writeWhole(file: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, offset + done)
}

/** A link refuses to replace what came to exist meanwhile; where the file system has no links, a rename follows a last look. */
function giveName(partial: string, out: string): void {
  try {
    linkSync(partial, out)
    rmSync(partial)
  } catch (thrown) {
    if (existsSync(out)) throw new Error(`${out} exists already; the restored disk is in ${partial}`, { cause: thrown })
    renameSync(partial, out)
  }
}
