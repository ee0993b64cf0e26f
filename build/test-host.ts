import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * What the tests need of a Debian host, and nothing else: hypervisor, image tools, a kernel and an agent for guests, a real S3 store,
 * and whatever makes file systems, volume groups and partition tables as guests have them.
 */
export const packages = [
  'qemu-system-x86',
  'qemu-utils',
  'libvirt-daemon-system',
  'libvirt-clients',
  'qemu-guest-agent',
  'linux-image-cloud-amd64',
  'busybox-static',
  'cpio',
  'e2fsprogs',
  'fdisk',
  'nbdkit',
  'libnbd-bin',
  'python3',
  'strace',
  'chromium',
  'fonts-noto-cjk',
  'ceph-mon',
  'ceph-osd',
  'radosgw',
  'ceph-common',
  'fuse3',
  'attr',
  'xfsprogs',
  'ntfs-3g',
  'wimtools',
  'dosfstools',
  'mtools',
  'exfatprogs',
  'exfat-fuse',
  'lvm2',
  'thin-provisioning-tools',
  'btrfs-progs',
  'cryptsetup-bin',
  'squashfs-tools',
  'xorriso',
  'genisoimage',
  'udftools',
  'apfsprogs',
  'libguestfs-tools',
] as const

/** Names of `packages` that dpkg does not report as installed; all of them where there is no dpkg. */
export function missingPackages(): readonly string[] {
  return packages.filter((name) => !isInstalled(name))
}

function isInstalled(name: string): boolean {
  try {
    const told = execFileSync('dpkg-query', ['--status', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return /^Status: install ok installed$/m.test(told)
  } catch {
    return false
  }
}

/**
 * Installs what is missing, saying so, when this is root on a host with apt-get; otherwise names what is missing and how to
 * get it. Answers what is still missing afterwards.
 */
export function preparePackages(): readonly string[] {
  const missing = missingPackages()
  if (missing.length === 0) return missing
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing]
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`Tests on real guests need these Debian packages: ${missing.join(' ')}`)
    console.error(`As root: ${command.join(' ')}`)
    return missing
  }
  console.error(`Installing Debian packages that the tests need: ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const [tool, ...args] = command
  try {
    execFileSync(tool as string, ['update'], { stdio: 'inherit', env })
    execFileSync(tool as string, args, { stdio: 'inherit', env })
  } catch {
    console.error('apt-get did not succeed; its own words stand above.')
  }
  return missingPackages()
}

const systemSocket = '/run/libvirt/libvirt-sock'

/**
 * Starts virtlogd and libvirtd where no service manager has done so, and leaves them running: they are shared by everything
 * on this host. Several callers at once are fine, the daemons keep each other out by their pid files.
 */
export async function startLibvirt(): Promise<void> {
  if (await answers(systemSocket)) return
  await mkdir('/run/libvirt', { recursive: true })
  for (const daemon of ['virtlogd', 'libvirtd']) await run(daemon, ['-d']).catch(() => undefined)
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await answers(systemSocket)) return
    await delay(100)
  }
  throw new Error(`libvirtd does not answer on ${systemSocket}; see its words with: libvirtd --verbose`)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

if (import.meta.main) {
  if (preparePackages().length > 0) process.exitCode = 1
  else await startLibvirt()
}
