import { readFile, stat } from 'node:fs/promises'

/** QEMU says what it does with an image by locks on single bytes: 100 + permission held, 200 + permission not shared. */
const holdsWrite = 101
const holdsResize = 103
const lockBytes = { first: 100, last: 203 }

export type ImageUsage = 'none' | 'read' | 'written'

/**
 * What programs on this computer that lock as QEMU does (`file-posix.c`) do with an image now. Linux alone tells, through
 * /proc/locks; elsewhere, for locks of other computers on a shared folder, and where a file system shows other device
 * numbers to stat than to its locks (btrfs), the answer is `none`. Images that are not raw are also opened by `qemu-nbd`, which
 * takes these locks itself.
 */
export async function usageOf(image: string): Promise<ImageUsage> {
  if (process.platform !== 'linux') return 'none'
  const { dev, ino } = await stat(image, { bigint: true })
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '')
  return usageIn(locks, `${deviceName(dev)}:${ino}`)
}

/** `file` is `major:minor:inode` as /proc/locks writes it. */
export function usageIn(locks: string, file: string): ImageUsage {
  const ranges = locks.split('\n').flatMap((line) => rangeOf(line, file))
  const held = ranges.filter(({ first, last }) => first >= lockBytes.first && last <= lockBytes.last)
  if (held.length === 0) return 'none'
  const covers = (byte: number) => held.some(({ first, last }) => first <= byte && byte <= last)
  return covers(holdsWrite) || covers(holdsResize) ? 'written' : 'read'
}

/** `4: OFDLCK ADVISORY  READ -1 fe:00:2146953 100 101`; lines of waiters have an arrow after the number. */
function rangeOf(line: string, file: string): readonly { readonly first: number; readonly last: number }[] {
  const [, kind, , , , where, first, last] = line.trim().split(/\s+/)
  if ((kind !== 'OFDLCK' && kind !== 'POSIX') || where !== file) return []
  return [{ first: Number(first), last: last === 'EOF' ? Number.POSITIVE_INFINITY : Number(last) }]
}

/** Of glibc's `gnu_dev_major` and `gnu_dev_minor`, in hexadecimal of at least two digits. */
function deviceName(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn)
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':')
}
