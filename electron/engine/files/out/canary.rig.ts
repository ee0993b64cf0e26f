import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A file system in memory where there is one: hundreds of trees are made to last. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** A target among things that nothing may touch; `outside` tells everything of them but when they were last read. */
export type Canary = Disposable & {
  readonly home: string
  readonly target: string
  at(...names: readonly string[]): string
  outside(): readonly string[]
}

export function canary(): Canary {
  const home = realpathSync(mkdtempSync(path.join(memory, 'canary-')))
  const at = (...names: readonly string[]): string => path.join(home, ...names)
  mkdirSync(at('target'))
  mkdirSync(at('secret/inner'), { recursive: true })
  writeFileSync(at('canary'), 'canary')
  writeFileSync(at('secret/passwd'), 'root:x:0:0', { mode: 0o600 })
  writeFileSync(at('secret/inner/x'), 'inner')
  writeFileSync(at('secret/f'), 'f')
  symlinkSync('secret', at('way'))
  mkdirSync(at('empty'))
  return {
    home,
    target: at('target'),
    at,
    outside: () => look(home, (name) => name !== 'target').map(({ line }) => line),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** One entry below a folder: what it is, its own permission bits, and one line with all that could have been changed of it. */
export type Seen = { readonly kind: 'file' | 'folder' | 'link' | 'other'; readonly mode: number; readonly line: string }

const mostRead = 64 * 1024 * 1024

/** Everything below a folder, with names as bytes. */
export function look(top: string, isWanted: (name: string) => boolean = () => true): readonly Seen[] {
  return lookInto(Buffer.from(top), '', isWanted)
}

function lookInto(folder: Buffer, below: string, isWanted: (name: string) => boolean): readonly Seen[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .filter((name) => isWanted(name.toString()))
    .toSorted(Buffer.compare)
    .flatMap((name) => {
      const full = Buffer.concat([folder, Buffer.from('/'), name])
      const path = `${below}/${name.toString('latin1')}`
      const seen = lookAt(full, path)
      return seen.kind === 'folder' ? [seen, ...lookInto(full, path, () => true)] : [seen]
    })
}

function lookAt(full: Buffer, path: string): Seen {
  const stat = lstatSync(full)
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other'
  const isRead = kind === 'file' && stat.size <= mostRead
  const bytes = isRead ? readFileSync(full) : kind === 'link' ? readlinkSync(full) : ''
  const content = createHash('sha256').update(bytes).digest('hex')
  const { mode, uid, size, nlink, mtimeMs } = stat
  return { kind, mode: mode & 0o7777, line: [path, mode, uid, size, nlink, mtimeMs, content].join(' ') }
}
