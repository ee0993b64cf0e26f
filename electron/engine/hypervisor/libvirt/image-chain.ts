import { dirname, resolve } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { type DomainDisk, pathOf } from './domain-xml.ts'
import { readQcow2Facts } from './qcow2-facts.ts'
import { type Chains, keptDisks } from './snapshot-rules.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'

/** More than QEMU starts with: a chain that bites its own tail ends here. */
const maxLinks = 256

/**
 * A disk of a machine that is off, with the chain that libvirt wrote down when its overlays were begun: of such a machine the
 * definition names the top image alone, and what an image says of itself is no reason to open another one.
 */
export function withRecordedChain(disk: DomainDisk, records: readonly SnapshotRecord[]): DomainDisk {
  const taken = records.flatMap(({ disks }) => disks).filter(({ name, overlay }) => name === disk.name && overlay)
  const backing = [...disk.backing]
  for (let rounds = 0; rounds < taken.length && !disk.backingComplete; rounds++) {
    const last = pathOf((backing.at(-1) ?? disk).source)
    const next = taken.find(({ overlay }) => overlay === last)
    if (next === undefined) break
    backing.push(...next.below)
  }
  return { ...disk, backing }
}

/** Of the disks that a snapshot is taken of. */
export async function imageChains(disks: readonly DomainDisk[]): Promise<Chains> {
  return new Map(await Promise.all(keptDisks(disks).map(async (disk) => [disk.name, await imageChain(disk)] as const)))
}

/**
 * The images that make up a disk, the one written to first. libvirt tells the whole chain only of a machine that runs; where
 * its words end, the headers go on, by the format that the image above names. A header that cannot be read ends the chain.
 */
export async function imageChain(disk: DomainDisk): Promise<readonly string[]> {
  const told = [{ source: disk.source, format: disk.format }, ...disk.backing]
  const chain = told.flatMap(({ source }) => pathOf(source) ?? [])
  const last = told.at(-1)
  if (disk.backingComplete || last === undefined || pathOf(last.source) === undefined) return chain
  for (let format = last.format; format === 'qcow2' && chain.length < maxLinks; ) {
    const above = chain.at(-1) ?? ''
    const below = await backingOf(above)
    if (below === undefined) break
    chain.push(resolve(dirname(above), below.path))
    format = below.format
  }
  return chain
}

/** Only plain files: what names a protocol (`nbd:…`, `json:…`) is followed by nobody. */
async function backingOf(path: string) {
  try {
    const { backing } = await readQcow2Facts(path)
    return backing === undefined || /^[\w+]+:/.test(backing.path) ? undefined : backing
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
