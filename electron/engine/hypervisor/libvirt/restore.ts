import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { createImage } from '../../disk/image.ts'
import type { Attachment, NewMachine, RestoreSession } from '../hypervisor.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDefinition, readDomainXml } from './domain-xml.ts'
import { LibvirtError } from './libvirt-error.ts'
import { MadeFiles } from './made-files.ts'
import { chooseIdentity } from './new-identity.ts'
import { type QemuUser, qemuUserOfHost } from './qemu-user.ts'
import { type DomainPlan, restoredDomain } from './restore-domain.ts'
import {
  type Draft,
  draftOf,
  isReadable,
  publish,
  refuseExisting,
  tpmFolderOf,
  writeNewFile,
  writeTpm,
} from './restore-files.ts'
import type { SessionHost } from './session-host.ts'
import type { NewIdentity } from './xml-edit.ts'

/**
 * Makes empty disks for a machine from a point; `finish` defines it. Fails with `identity-taken`, `invalid-argument` (a name
 * that cannot be), `target-exists`, `no-space`, `target-failed`.
 */
export async function createMachine(
  host: SessionHost,
  machine: NewMachine,
  signal: AbortSignal,
): Promise<RestoreSession> {
  await using opened = new AsyncDisposableStack()
  const connection = opened.use(await host.openConnection(signal))
  const original = machine.definition === undefined ? undefined : readDomainXml(machine.definition)
  const identity = await chooseIdentity(connection, machine.name, original, signal)
  const storage = machine.storage ?? usualStorage(host.uri)
  await mkdir(storage, { recursive: true }).catch((error: unknown) => {
    throw new Failure('target-failed', `${storage}: ${String(error)}`, { cause: error })
  })
  const made = opened.use(await MadeFiles.begin(host, identity.uuid))
  const images = opened.use(new AsyncDisposableStack())
  const disks = await createDisks(machine, identity, storage, made, images, signal)
  const rest = { connection, machine, original, identity, storage, disks, made, images }
  const moved = opened.move()
  return {
    disks: disks.map(({ name, disk, draft }) => ({ name, disk, path: draft.path })),
    finish: (finishSignal) => finish(rest, finishSignal),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

/** Where libvirt itself keeps images unless it is told otherwise. */
function usualStorage(uri: string): string {
  if (!uri.includes('/session')) return '/var/lib/libvirt/images'
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'libvirt', 'images')
}

type NewDisk = RestoreSession['disks'][number] & { readonly format: string; readonly draft: Draft }

async function createDisks(
  machine: NewMachine,
  identity: NewIdentity,
  storage: string,
  made: MadeFiles,
  images: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<readonly NewDisk[]> {
  const disks: NewDisk[] = []
  for (const { name, sizeBytes, format } of machine.disks) {
    const draft = draftOf(storage, identity.uuid, name, format)
    await refuseExisting(draft.path, draft.partial)
    await made.add(draft.partial)
    const disk = images.use(await createImage(draft.partial, format, sizeBytes, signal))
    disks.push({ name, disk, path: draft.path, format, draft })
  }
  return disks
}

type Unfinished = {
  readonly connection: LibvirtConnection
  readonly machine: NewMachine
  readonly original: DomainDefinition | undefined
  readonly identity: NewIdentity
  readonly storage: string
  readonly disks: readonly NewDisk[]
  readonly made: MadeFiles
  readonly images: AsyncDisposableStack
}

/** Bytes first, then names, then the definition: a machine that can be seen is whole. */
async function finish(rest: Unfinished, signal: AbortSignal): Promise<{ readonly machineId: string }> {
  const { connection, identity, disks, made, images, original } = rest
  for (const { disk } of disks) await disk.flush(signal)
  await images.disposeAsync()
  const user = qemuUserOfHost(await connection.host.capabilities(signal))
  for (const { draft } of disks) {
    await made.add(draft.path)
    await publish(draft, user)
  }
  const files = await placeFiles(rest, user)
  const virtType = original === undefined ? await virtTypeOf(connection, signal) : 'kvm'
  const plan = {
    identity,
    original,
    virtType,
    files,
    disks: disks.map(({ name, format, path }) => ({ name, format, path })),
  }
  signal.throwIfAborted()
  await connection.domains.define(restoredDomain(plan), 0, signal)
  await made.keep()
  return { machineId: identity.uuid }
}

/** Writes the files beside the disks that the new machine needs copies of. */
async function placeFiles(rest: Unfinished, user: QemuUser | undefined): Promise<DomainPlan['files']> {
  const { original, machine } = rest
  if (original === undefined) return {}
  const tpm = machine.attachments.find(({ role }) => role === 'tpm')
  if (tpm !== undefined) await placeTpm(rest, tpm)
  const nvram = await placeNvram(rest, original, user)
  const kernel = await placeBootFile(rest, 'kernel', original.files.kernel, user)
  const initrd = await placeBootFile(rest, 'initrd', original.files.initrd, user)
  return { ...optional('nvram', nvram), ...optional('kernel', kernel), ...optional('initrd', initrd) }
}

async function placeTpm({ identity, made }: Unfinished, attachment: Attachment): Promise<void> {
  const folder = tpmFolderOf(identity.uuid)
  await refuseExisting(folder)
  await made.add(folder)
  await writeTpm(attachment, identity.uuid)
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>)
}

/** Its own file in any case: without bytes from the point, libvirt makes it from its template at the first start. */
async function placeNvram(
  rest: Unfinished,
  original: DomainDefinition,
  user: QemuUser | undefined,
): Promise<string | undefined> {
  if (original.files.nvram === undefined) return undefined
  const { path } = draftOf(rest.storage, rest.identity.uuid, 'nvram', 'fd')
  const attachment = rest.machine.attachments.find(({ role }) => role === 'nvram')
  if (attachment !== undefined) await place(rest, path, attachment, user)
  return path
}

/** Kernels are shared by many machines: only one that is gone is put back, beside the disks. */
async function placeBootFile(
  rest: Unfinished,
  role: 'kernel' | 'initrd',
  original: string | undefined,
  user: QemuUser | undefined,
): Promise<string | undefined> {
  const attachment = rest.machine.attachments.find((each) => each.role === role)
  if (original === undefined || attachment === undefined || (await isReadable(original))) return undefined
  const { path } = draftOf(rest.storage, rest.identity.uuid, role, 'bin')
  await place(rest, path, attachment, user)
  return path
}

async function place(rest: Unfinished, path: string, { bytes }: Attachment, user: QemuUser | undefined): Promise<void> {
  const draft = { path, partial: `${path}.partial` }
  await refuseExisting(draft.path, draft.partial)
  await rest.made.add(draft.partial)
  await writeNewFile(draft.partial, bytes)
  await rest.made.add(path)
  await publish(draft, user)
}

/** Hardware support where the host has it. */
async function virtTypeOf(connection: LibvirtConnection, signal: AbortSignal): Promise<'kvm' | 'qemu'> {
  try {
    await connection.host.domainCapabilities({ virtType: 'kvm' }, signal)
    return 'kvm'
  } catch (error) {
    if (error instanceof LibvirtError) return 'qemu'
    throw error
  }
}
