import { Failure } from '../../../../shared/failure.ts'
import { sentence } from '../../../../shared/sentences.ts'
import type { Clock } from '../../base/clock.ts'
import { openImage } from '../../disk/image.ts'
import type { BackupSession, InPlaceSession, SessionDisk } from '../hypervisor.ts'
import { inspect } from './inspect.ts'
import { usageOf } from './locks.ts'
import type { FolderMachine, ImageFile } from './scan.ts'
import { stampOf, unchanging } from './unchanging.ts'

/**
 * The images of a machine, read as they lie there. One that is refused is left out with a warning, one that is `excluded`
 * without; when none is left, its own failure is thrown, or `disk-unsupported` where all are excluded. Fails with
 * `machine-busy` when a program holds an image for writing.
 */
export async function beginImageSession(
  whole: FolderMachine,
  excluded: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<BackupSession> {
  await using opened = new AsyncDisposableStack()
  const machine = { ...whole, images: whole.images.filter(({ name }) => !excluded.includes(name)) }
  if (machine.images.length === 0) throw new Failure('disk-unsupported', `Every disk of ${machine.name} is left out`)
  const { usable, warnings } = await sort(machine, signal)
  const lost = new AbortController()
  const takenAt = clock.now()
  const disks: SessionDisk[] = []
  for (const image of usable) disks.push(await standStill(image, lost, opened, signal))
  const owned = opened.move()
  return {
    machineName: machine.name,
    definition: undefined,
    attachments: [],
    disks,
    consistency: 'off',
    freezeMs: undefined,
    takenAt,
    warnings,
    checkpoint: undefined,
    lost: lost.signal,
    async keepCheckpoint() {},
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** A machine's own images, to be written. Fails with `machine-busy` when any program has one of them open. */
export async function openImagesInPlace(
  machine: FolderMachine,
  names: readonly string[],
  signal: AbortSignal,
): Promise<InPlaceSession> {
  await using opened = new AsyncDisposableStack()
  const disks: InPlaceSession['disks'][number][] = []
  for (const image of names.map((name) => imageNamed(machine, name))) {
    const inspected = await inspect(image, signal)
    if (inspected.kind === 'refused') throw new Failure(inspected.code, inspected.problem)
    if ((await usageOf(image.path)) !== 'none') throw busy(image)
    const disk = opened.use(await openImage(image.path, image.format, { writable: true }, signal))
    disks.push({ name: image.name, path: image.path, disk })
  }
  const owned = opened.move()
  return { disks, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function sort(
  machine: FolderMachine,
  signal: AbortSignal,
): Promise<{ readonly usable: readonly ImageFile[]; readonly warnings: readonly string[] }> {
  const usable: ImageFile[] = []
  const warnings: string[] = []
  for (const image of machine.images) {
    const inspected = await inspect(image, signal)
    if (inspected.kind === 'usable') usable.push(image)
    else if (machine.images.length === 1) throw new Failure(inspected.code, inspected.problem)
    else warnings.push(sentence('disk-not-in-point', { disk: image.name, problem: inspected.problem }))
  }
  if (usable.length === 0) throw new Failure('disk-unsupported', `${machine.name}: ${warnings.join(' ')}`)
  return { usable, warnings }
}

async function standStill(
  image: ImageFile,
  lost: AbortController,
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<SessionDisk> {
  const stamp = await stampOf(image.path)
  if ((await usageOf(image.path)) === 'written') throw busy(image)
  const disk = opened.use(await openImage(image.path, image.format, { writable: false }, signal))
  return {
    name: image.name,
    format: image.format,
    disk: unchanging(disk, image.path, stamp, lost),
    increment: undefined,
    cause: 'image-folder',
    why: `Image files keep no record of changes that could be trusted, so ${image.name} is read whole.`,
  }
}

function imageNamed(machine: FolderMachine, name: string): ImageFile {
  const image = machine.images.find((each) => each.name === name)
  if (image === undefined) throw new Failure('disk-unsupported', `${machine.name} has no disk ${name}`)
  return image
}

function busy(image: ImageFile): Failure {
  return new Failure('machine-busy', `${image.path} is in use by another program`)
}
