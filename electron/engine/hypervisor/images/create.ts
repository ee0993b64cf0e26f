import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { DiskFormat } from '../../../../shared/machine.ts'
import { syncFolder } from '../../base/durable-file.ts'
import { appear, partialName } from '../../base/partial.ts'
import { createImage } from '../../disk/image.ts'
import type { NewMachine, RestoreSession } from '../hypervisor.ts'
import { fileNameFor } from './file-name.ts'

/** A machine that grows in a hidden folder and then comes to lie in its host's folder, whole and at once. */
export type ImageDraft = AsyncDisposable & {
  readonly disks: RestoreSession['disks']
  /** Everything durable, then the name. Answers the path of the new entry. Fails with `target-exists`, `target-failed`, `no-space`. */
  publish(signal: AbortSignal): Promise<string>
}

/**
 * One disk becomes `NAME.ext`, several the folder `NAME` with `DISK.ext` in it. Names that no file can have are encoded
 * (`fileNameFor`). Nothing that exists is ever replaced.
 */
export async function draftImages(folder: string, machine: NewMachine, signal: AbortSignal): Promise<ImageDraft> {
  await using made = new AsyncDisposableStack()
  const target = targetOf(folder, machine)
  await refuseExisting(target)
  const draft = path.join(folder, partialName())
  await mkdir(draft).catch(failed)
  made.defer(() => rm(draft, { recursive: true, force: true }))
  const handles = made.use(new AsyncDisposableStack())
  const disks: RestoreSession['disks'][number][] = []
  for (const { name, format, sizeBytes } of machine.disks) {
    const file = path.join(draft, fileNameFor(name, endingOf(format)))
    await refuseExisting(file)
    const disk = handles.use(await createImage(file, format, sizeBytes, signal))
    disks.push({ name, disk, path: machine.disks.length === 1 ? target : path.join(target, path.basename(file)) })
  }
  const owned = made.move()
  return {
    disks,
    async publish(last) {
      for (const { disk } of disks) await disk.flush(last)
      await handles.disposeAsync()
      // Closing an image may write its metadata once more.
      for (const name of await readdir(draft)) await syncFile(path.join(draft, name))
      syncFolder(draft)
      last.throwIfAborted()
      await (disks.length === 1 ? publishFile(draft, target) : publishFolder(draft, target))
      syncFolder(folder)
      return target
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function targetOf(folder: string, { name, disks }: NewMachine): string {
  const [only] = disks
  if (only === undefined) throw new Failure('disk-unsupported', `${name} has no disks`)
  return path.join(folder, fileNameFor(name, disks.length === 1 ? endingOf(only.format) : ''))
}

function endingOf(format: DiskFormat): string {
  return `.${format}`
}

async function publishFile(draft: string, target: string): Promise<void> {
  const [name] = await readdir(draft)
  await appear(path.join(draft, name ?? ''), target).catch(failed)
}

/** On POSIX a rename replaces an empty folder and nothing else: the one made here. Windows refuses every existing one. */
async function publishFolder(draft: string, target: string): Promise<void> {
  if (process.platform !== 'win32') await mkdir(target).catch(failed)
  try {
    await rename(draft, target)
  } catch (thrown) {
    await rmdir(target).catch(() => undefined)
    failed(thrown)
  }
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+').catch(failed)
  await handle.sync().catch(failed)
}

async function refuseExisting(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined)
  if (found !== undefined) throw taken(target, undefined)
}

function taken(target: string, cause: unknown): Failure {
  return new Failure('target-exists', `${target} exists already`, { cause })
}

function failed(thrown: unknown): never {
  const code = codeOf(thrown)
  const message = String(thrown)
  if (code === 'EEXIST' || code === 'ENOTEMPTY') throw new Failure('target-exists', message, { cause: thrown })
  throw new Failure(code === 'ENOSPC' || code === 'EDQUOT' ? 'no-space' : 'target-failed', message, { cause: thrown })
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
