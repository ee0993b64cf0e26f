import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A kernel with an initial file system that needs no disk to boot. */
export type GuestSystem = { readonly kernel: string; readonly initrd: string }

const agent = '/usr/sbin/qemu-ga'
const wantedModules = ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_console']

/**
 * Debian's cloud kernel, busybox, the guest agent with its libraries and the modules for virtio. Built once per content
 * and kept in the temporary folder, where the hypervisor's user may read it.
 */
export async function guestSystem(): Promise<GuestSystem> {
  const parts = await gather()
  const hash = await hashOf(parts)
  const folder = join(tmpdir(), `stillpoint-guest-${hash}`)
  const system = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd') }
  if (await exists(folder)) return system
  const draft = await mkdtemp(join(tmpdir(), 'stillpoint-guest-draft-'))
  try {
    await build(parts, draft)
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return system
}

type Parts = {
  readonly kernel: string
  /** In the order in which they must be loaded. */
  readonly modules: readonly string[]
  /** Where each file goes → where it comes from. */
  readonly files: ReadonlyMap<string, string>
}

async function gather(): Promise<Parts> {
  const version = (await readdir('/lib/modules'))
    .filter((name) => name.endsWith('-cloud-amd64'))
    .sort()
    .at(-1)
  if (version === undefined) throw new Error('No Debian cloud kernel: install linux-image-cloud-amd64')
  const libraries = (await run('ldd', [agent])).stdout.match(/\/\S+(?= \(0x)/g) ?? []
  const files = new Map<string, string>([
    ['/init', join(import.meta.dirname, 'init.sh')],
    ['/sbin/shutdown', join(import.meta.dirname, 'shutdown.sh')],
    ['/bin/busybox', '/bin/busybox'],
    [agent, agent],
    ...libraries.map((path) => [path, path] as const),
  ])
  return { kernel: `/boot/vmlinuz-${version}`, modules: await modulesInOrder(`/lib/modules/${version}`), files }
}

async function modulesInOrder(root: string): Promise<readonly string[]> {
  const lines = (await readFile(join(root, 'modules.dep'), 'utf8')).split('\n')
  const ordered = new Set<string>()
  for (const name of wantedModules) {
    const line = lines.find((each) => each.split(':')[0]?.endsWith(`/${name}.ko`))
    const [own, needs] = line?.split(':') ?? []
    if (own === undefined) throw new Error(`The kernel in ${root} has no module ${name}`)
    // modules.dep names what is needed last first.
    for (const need of needs?.trim().split(' ').filter(Boolean).reverse() ?? []) ordered.add(join(root, need))
    ordered.add(join(root, own))
  }
  return [...ordered]
}

async function hashOf(parts: Parts): Promise<string> {
  const hash = createHash('sha256')
  for (const path of [parts.kernel, ...parts.modules, ...parts.files.values()]) {
    hash
      .update(path)
      .update('\0')
      .update(await readFile(path))
  }
  return hash.digest('hex').slice(0, 16)
}

async function build(parts: Parts, folder: string): Promise<void> {
  const root = join(folder, 'root')
  for (const path of ['dev', 'proc', 'sys', 'run', 'mnt', 'tmp', 'var', 'etc'])
    await mkdir(join(root, path), { recursive: true })
  for (const [to, from] of [...parts.files, ...parts.modules.map((path) => [path, path] as const)]) {
    await mkdir(dirname(join(root, to)), { recursive: true })
    await copyFile(from, join(root, to))
    await chmod(join(root, to), 0o755)
  }
  await writeFile(join(root, 'modules'), `${parts.modules.join('\n')}\n`)
  await pack(root, join(folder, 'initrd'))
  await rm(root, { recursive: true })
  await copyFile(parts.kernel, join(folder, 'vmlinuz'))
  await chmod(join(folder, 'vmlinuz'), 0o644)
  await chmod(folder, 0o755)
}

async function pack(root: string, into: string): Promise<void> {
  const names = (await readdir(root, { recursive: true })).join('\n')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const args = ['--create', '--quiet', '--format=newc', '--owner=0:0', `--file=${into}`]
  const child = spawn('cpio', args, { cwd: root, stdio: ['pipe', 'ignore', 'inherit'] })
  child.once('error', reject)
  child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`cpio ended with ${code}`))))
  child.stdin.end(`${names}\n`)
  await promise
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
