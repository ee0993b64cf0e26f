import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sentence } from '../../../../shared/sentences.ts'
import { MiB } from '../../../../shared/units.ts'
import { openRegular } from '../../disk/regular-file.ts'
import type { Attachment } from '../hypervisor.ts'
import type { DomainDefinition } from './domain-xml.ts'

const maxBytes = 256 * MiB
/** Where libvirt's system daemon keeps the state of emulated TPMs, below the machine's UUID. */
export const tpmFolder = '/var/lib/libvirt/swtpm'
export const tpmVersions = ['tpm1.2', 'tpm2'] as const

type Gathered = { readonly attachments: readonly Attachment[]; readonly warnings: readonly string[] }

/** The files that belong to a machine beside its disks, as far as this user may read them; a sentence for each that it may not. */
export async function readAttachments(definition: DomainDefinition, signal: AbortSignal): Promise<Gathered> {
  const files = [...wantedFiles(definition), ...(await tpmFiles(definition))]
  const read = await Promise.all(files.map(({ role, path }) => readAttachment(role, path, signal)))
  return {
    attachments: read.filter((each) => typeof each !== 'string'),
    warnings: [...read.filter((each) => typeof each === 'string'), ...tpmWarnings(definition, files)],
  }
}

type Wanted = Pick<Attachment, 'role' | 'path'>

function wantedFiles({ files }: DomainDefinition): readonly Wanted[] {
  const roles = ['nvram', 'kernel', 'initrd'] as const
  return roles.flatMap((role) => (files[role] === undefined ? [] : [{ role, path: files[role] }]))
}

async function tpmFiles(definition: DomainDefinition): Promise<readonly Wanted[]> {
  if (definition.tpm !== 'emulator') return []
  const folders = tpmVersions.map((version) => join(tpmFolder, definition.uuid, version))
  const found = await Promise.all(
    folders.map(async (folder) => ({ folder, names: await readdir(folder).catch(() => []) })),
  )
  return found.flatMap(({ folder, names }) =>
    names
      .filter((name) => name.endsWith('permall'))
      .map((name) => ({ role: 'tpm' as const, path: join(folder, name) })),
  )
}

function tpmWarnings({ tpm }: DomainDefinition, files: readonly Wanted[]): readonly string[] {
  if (tpm === undefined || files.some(({ role }) => role === 'tpm')) return []
  return tpm === 'emulator' ? [sentence('tpm-unreadable')] : [sentence('tpm-of-host')]
}

async function readAttachment(
  role: Attachment['role'],
  path: string,
  signal: AbortSignal,
): Promise<Attachment | string> {
  try {
    await using file = await openRegular(path)
    const { size } = await file.stat()
    if (size > maxBytes) return sentence('file-too-large', { role, path, limit: `${maxBytes / MiB}` })
    return { role, path, bytes: await file.readFile({ signal }) }
  } catch (error) {
    signal.throwIfAborted()
    return sentence('file-unreadable', { role, path, message: error instanceof Error ? error.message : String(error) })
  }
}
