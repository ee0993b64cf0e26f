import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { type HostId, hostId as hostIdSchema } from '../../../../shared/machine.ts'
import { syncFolder, writeDurably } from '../../base/durable-file.ts'
import { partialName } from '../../base/partial.ts'
import { uuidV5 } from '../uuid.ts'

export const identityFile = '.stillpoint-host'

/** Namespace of identities that come from a folder's place on its device. */
const placeNamespace = '0b0ed51c-58c0-4c3a-9d1c-5b6f2f2b7c11'

/**
 * Who a folder is: a random UUID in its own hidden file, so that it stays the same when the folder is renamed or moved. A
 * copy of the folder is the same host until that file is deleted in it. Where no file can be written (read-only, another
 * owner), the identity comes from device and inode: it stays while the folder stays where it is.
 */
export async function hostIdOf(folder: string): Promise<HostId> {
  const known = await readIdentity(folder)
  if (known.kind === 'found') return known.id
  if (known.kind === 'unreadable') return placeId(folder)
  try {
    return await writeIdentity(folder, known.kind)
  } catch (thrown) {
    if (isRefusal(thrown)) return placeId(folder)
    throw new Failure('host-unreachable', `${folder}: ${String(thrown)}`, { cause: thrown })
  }
}

/** Whether the same folder still lies there: under a mount point whose disk is gone lies another one. */
export async function isStillHost(folder: string, id: HostId): Promise<boolean> {
  const known = await readIdentity(folder)
  return (known.kind === 'found' ? known.id : await placeId(folder)) === id
}

type Identity = { readonly kind: 'found'; readonly id: HostId } | { readonly kind: 'absent' | 'damaged' | 'unreadable' }

/** A link at its place is not followed: whoever may write to the folder could point it anywhere. */
async function readIdentity(folder: string): Promise<Identity> {
  try {
    await using file = await open(
      path.join(folder, identityFile),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    const parsed = hostIdSchema.safeParse(buffer.toString('latin1', 0, bytesRead).trim())
    return parsed.success ? { kind: 'found', id: parsed.data } : { kind: 'damaged' }
  } catch (thrown) {
    return { kind: codeOf(thrown) === 'ENOENT' ? 'absent' : 'unreadable' }
  }
}

async function writeIdentity(folder: string, state: 'absent' | 'damaged'): Promise<HostId> {
  const target = path.join(folder, identityFile)
  const id = randomUUID()
  const bytes = Buffer.from(`${id}\n`)
  if (state === 'damaged') {
    writeDurably(target, bytes, 0o644)
    return id
  }
  const draft = path.join(folder, partialName())
  try {
    await writeFile(draft, bytes, { flag: 'wx', flush: true })
    await link(draft, target).catch((thrown: unknown) => withoutLinks(thrown, target, bytes))
    syncFolder(folder)
  } finally {
    await rm(draft, { force: true })
  }
  // Another engine may have been first.
  const written = await readIdentity(folder)
  return written.kind === 'found' ? written.id : id
}

/** exFAT and some network shares have no links; there exclusive creation has to do. */
async function withoutLinks(thrown: unknown, target: string, bytes: Uint8Array): Promise<void> {
  if (codeOf(thrown) === 'EEXIST') return
  await writeFile(target, bytes, { flag: 'wx', flush: true }).catch((again: unknown) => {
    if (codeOf(again) !== 'EEXIST') throw again
  })
}

async function placeId(folder: string): Promise<HostId> {
  const { dev, ino } = await stat(folder, { bigint: true })
  return uuidV5(placeNamespace, `${dev}:${ino}`)
}

function isRefusal(thrown: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(thrown))
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
