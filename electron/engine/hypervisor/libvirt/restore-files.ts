import { access, constants, link, lstat, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { syncFolder } from '../../base/durable-file.ts'
import type { Attachment } from '../hypervisor.ts'
import { tpmFolder, tpmVersions } from './attachments.ts'
import { giveToQemu, type QemuUser } from './qemu-user.ts'

/** A file under its name to be: as long as it is being written, it is called `*.partial`. */
export type Draft = { readonly path: string; readonly partial: string }

/** `<uuid>-<part>.<ending>` below `storage`: no name of a guest or a point gets into a path as it is. */
export function draftOf(storage: string, uuid: string, part: string, ending: string): Draft {
  const path = join(storage, `${uuid}-${part.replaceAll(/[^A-Za-z0-9_-]/g, '_')}.${ending}`)
  return { path, partial: `${path}.partial` }
}

/** Gives a finished file its name, unless that is taken (`target-exists`), and to QEMU. */
export async function publish({ path, partial }: Draft, user: QemuUser | undefined): Promise<void> {
  await giveToQemu(partial, user)
  try {
    await link(partial, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new Failure('target-exists', `${path} exists already`, { cause: error })
    throw asTargetFailure(path, error)
  }
  await rm(partial)
  syncFolder(dirname(path))
}

/** Resolves when the bytes would survive a power cut. Never replaces what is there (`target-exists`). */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    throw asTargetFailure(path, error)
  }
  syncFolder(dirname(path))
}

/** Where libvirt will look for the state of a machine's emulated TPM. */
export function tpmFolderOf(uuid: string): string {
  return join(tpmFolder, uuid)
}

/** Puts the state of an emulated TPM there; a file of another kind is left out. */
export async function writeTpm({ path, bytes }: Attachment, uuid: string): Promise<void> {
  const version = tpmVersions.find((each) => dirname(path).endsWith(`/${each}`))
  if (version === undefined) return
  const folder = join(tpmFolderOf(uuid), version)
  await mkdir(folder, { recursive: true, mode: 0o711 }).catch((error: unknown) => {
    throw asTargetFailure(folder, error)
  })
  await writeNewFile(join(folder, version === 'tpm2' ? 'tpm2-00.permall' : 'tpm-00.permall'), bytes)
}

/** Fails with `target-exists` when something has one of the names. */
export async function refuseExisting(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await lstat(path).catch(() => undefined)
    if (found !== undefined) throw new Failure('target-exists', `${path} exists already`)
  }
}

export async function isReadable(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}

function asTargetFailure(path: string, error: unknown): Failure {
  const code = codeOf(error)
  const message = `${path}: ${error instanceof Error ? error.message : String(error)}`
  if (code === 'EEXIST') return new Failure('target-exists', message, { cause: error })
  return new Failure(code === 'ENOSPC' || code === 'EDQUOT' ? 'no-space' : 'target-failed', message, { cause: error })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
