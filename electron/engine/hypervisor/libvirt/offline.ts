import { Failure } from '../../../../shared/failure.ts'
import { type DiskFormat, diskFormat } from '../../../../shared/machine.ts'
import { type ImageLink, openImage } from '../../disk/image.ts'
import type { BackupRequest, BackupSession, SessionDisk } from '../hypervisor.ts'
import { readAttachments } from './attachments.ts'
import { changedSince } from './changed.ts'
import { disksOfCheckpoint } from './checkpoints.ts'
import { chooseDisks } from './choose-disks.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DiskSource, type DomainDisk, readDomainXml } from './domain-xml.ts'
import { findOut } from './findings.ts'
import { withRecordedChain } from './image-chain.ts'
import { type Base, type DiskPlan, planDisks } from './plan.ts'
import { flags } from './protocol.ts'
import { readQcow2Facts } from './qcow2-facts.ts'
import type { SessionHost } from './session-host.ts'
import { readRecords } from './snapshots.ts'

/**
 * A machine that is off, from its images, in the formats and chains that its definition names. Bitmaps of earlier checkpoints
 * serve as they do on a running machine; a new checkpoint cannot be taken.
 */
export async function beginOffline(
  host: SessionHost,
  connection: LibvirtConnection,
  request: BackupRequest,
  signal: AbortSignal,
): Promise<BackupSession> {
  const { machineId } = request
  const definition = await connection.domains.xml(machineId, flags.xml.inactive | flags.xml.secure, signal)
  const machine = readDomainXml(definition)
  const records = await readRecords(connection, machineId, signal)
  const disks = machine.disks.map((disk) => withRecordedChain(disk, records))
  const { disks: wanted, warnings } = chooseDisks(disks, request.excluded, 'off')
  const usable = (checkpoint: string) => disksOfCheckpoint(connection, machineId, checkpoint, signal)
  const findings = await findOut(connection, machineId, wanted, usable, signal)
  const [plans, attached] = await Promise.all([planDisks(wanted, request, findings), readAttachments(machine, signal)])
  await using opened = new AsyncDisposableStack()
  const lost = opened.use(watchStart(connection, machineId))
  const takenAt = host.clock.now()
  const read: SessionDisk[] = []
  for (const plan of plans) read.push(await openDisk(plan, opened, signal))
  lost.signal.throwIfAborted()
  const moved = opened.move()
  return {
    machineName: machine.name,
    definition,
    attachments: attached.attachments,
    disks: read,
    consistency: 'off',
    freezeMs: undefined,
    takenAt,
    warnings: [...warnings, ...attached.warnings],
    checkpoint: undefined,
    lost: lost.signal,
    async keepCheckpoint() {},
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

/** Whoever starts the machine meanwhile writes into what is being read. */
function watchStart(connection: LibvirtConnection, machineId: string): Disposable & { readonly signal: AbortSignal } {
  const started = new AbortController()
  const listening = connection.listen((event) => {
    if (event.kind === 'lifecycle' && event.lifecycle === 'started' && event.domain.uuid === machineId)
      started.abort(new Failure('machine-running', 'The machine was started while its images were read'))
  })
  return {
    signal: AbortSignal.any([started.signal, connection.lost]),
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  }
}

async function openDisk(plan: DiskPlan, opened: AsyncDisposableStack, signal: AbortSignal): Promise<SessionDisk> {
  const { disk, base, cause, why } = plan
  const image = imageOf(disk)
  const plain = { name: disk.name, format: disk.format }
  const isParted = base !== undefined && (await isBitmapParted(image, base.checkpoint))
  const marked = base === undefined || isParted ? undefined : await openWithBitmap(image, base, opened, signal)
  if (marked !== undefined) return { ...plain, ...marked, cause, why }
  const whole = opened.use(await openImage(image.path, image.format, { backing: image.backing }, signal))
  const lost = isParted ? parted(disk.name) : broken(disk.name)
  const reason = base === undefined ? { cause, why } : lost
  return { ...plain, disk: whole, increment: undefined, ...reason }
}

function broken(name: string): Pick<SessionDisk, 'cause' | 'why'> {
  return { cause: 'bitmap-broken', why: `The bitmap in the image of ${name} is missing or was not closed in order.` }
}

/**
 * Whether an overlay was begun after the checkpoint: libvirt starts the bitmap anew in it, and the image below keeps the
 * earlier part. A running machine's backup puts them together; QEMU's server of an image hands out the upper part alone, and
 * what was written before the overlay would be missing (tried on QEMU 7.2). An image that cannot be read may hold one.
 */
async function isBitmapParted(image: Image, checkpoint: string): Promise<boolean> {
  for (const { path, format } of image.backing) {
    const facts = format === 'qcow2' ? await readQcow2Facts(path).catch(() => undefined) : noFacts
    if (facts === undefined || facts.bitmaps.has(checkpoint)) return true
  }
  return false
}

const noFacts = { bitmaps: new Set<string>() }

function parted(name: string): Pick<SessionDisk, 'cause' | 'why'> {
  const why = `${name} got an overlay since the last point, and only while the machine runs are the bitmaps of both put together.`
  return { cause: 'checkpoint-forked', why }
}

/** Undefined when the image does not have the bitmap or QEMU does not trust it. */
async function openWithBitmap(
  image: Image,
  base: Base,
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Pick<SessionDisk, 'disk' | 'increment'> | undefined> {
  try {
    const disk = opened.use(
      await openImage(image.path, 'qcow2', { backing: image.backing, bitmap: base.checkpoint }, signal),
    )
    const changed = await changedSince(base, disk, `qemu:dirty-bitmap:${base.checkpoint}`, signal)
    return { disk, increment: { basePoint: base.pointId, changed } }
  } catch (error) {
    if (error instanceof Failure && isAboutBitmap(error)) return undefined
    throw error
  }
}

/** What speaks against the image itself shows again when it is opened without the bitmap. */
function isAboutBitmap({ code }: Failure): boolean {
  return code === 'disk-unreadable' || code === 'disk-unsupported'
}

type Image = ImageLink & { readonly backing: readonly ImageLink[] }

export function imageOf(disk: DomainDisk): Image {
  const top = linkOf(disk.name, disk.source, disk.format)
  return { ...top, backing: disk.backing.map(({ source, format }) => linkOf(disk.name, source, format)) }
}

function linkOf(name: string, source: DiskSource, format: string | undefined): ImageLink {
  if (source.kind !== 'file' && source.kind !== 'block')
    throw new Failure(
      'disk-unsupported',
      `${name} does not lie in a file, so it can be read only while the machine runs`,
    )
  return { path: source.path, format: asDiskFormat(name, format) }
}

function asDiskFormat(name: string, format: string | undefined): DiskFormat {
  const known = diskFormat.safeParse(format)
  if (known.success) return known.data
  throw new Failure(
    'disk-unsupported',
    `${name} has an image of the format ${format ?? 'unknown'}, which cannot be read while the machine is off`,
  )
}
