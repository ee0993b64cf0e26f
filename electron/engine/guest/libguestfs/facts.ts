import { Failure } from '../../../../shared/failure.ts'
import type { FileKind } from '../../../../shared/files.ts'
import type { FileFacts, GuestTime } from '../guest.ts'

/** `lstatns` of guestfish as facts: lines `name: number`. Undefined where it wrote nothing, which is how it fails. */
export function factsIn(text: string): FileFacts | undefined {
  if (text.trim() === '') return undefined
  const told = new Map(
    text
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', value = ''] = line.split(': ')
        return [name, value] as const
      }),
  )
  const number = (name: string): number => {
    const value = told.get(`st_${name}`) ?? ''
    if (!/^-?\d{1,20}$/.test(value)) throw new Failure('file-system-damaged', `guestfish tells no ${name}`)
    return Number(value)
  }
  const time = (name: string): GuestTime =>
    BigInt(number(`${name}_sec`)) * 1_000_000_000n + BigInt(number(`${name}_nsec`))
  const kind = kinds[number('mode') >> 12] ?? 'other'
  const isDevice = kind === 'char-device' || kind === 'block-device'
  return {
    kind,
    sizeBytes: kind === 'file' || kind === 'link' ? number('size') : 0,
    allocatedBytes: number('blocks') * 512,
    mode: number('mode') & 0o7777,
    uid: number('uid'),
    gid: number('gid'),
    links: number('nlink'),
    modifiedAt: time('mtime'),
    changedAt: time('ctime'),
    accessedAt: time('atime'),
    ...(isDevice ? { device: deviceOf(BigInt(told.get('st_rdev') ?? 0)) } : {}),
  }
}

/** By the upper four bits of a mode. */
const kinds: Readonly<Record<number, FileKind>> = {
  1: 'pipe',
  2: 'char-device',
  4: 'folder',
  6: 'block-device',
  8: 'file',
  10: 'link',
  12: 'socket',
}

/** glibc's `gnu_dev_major` and `gnu_dev_minor`. */
function deviceOf(device: bigint): { readonly major: number; readonly minor: number } {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}
