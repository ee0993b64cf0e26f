import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { type Header, pack } from 'tar-stream'
import { KiB, MiB } from '../../../shared/units.ts'
import { type Chance, chanceFrom } from '../proof/chance.ts'

export type BigTree = { readonly entries: number; readonly contentBytes: number }

const filesInFolder = 40
const modes = [0o644, 0o755, 0o600, 0o4755]
const seconds2026 = 1_767_225_600

/**
 * Writes a tar archive of a tree as an installed system has it: so many files, most of them small, in folders of forty that lie up to
 * six deep; every thirteenth a symbolic link, every twenty-ninth a second name; owners, modes and times in nanoseconds.
 */
export async function writeBigTree(archive: string, files: number): Promise<BigTree> {
  const chance = chanceFrom(files)
  const pool = chance.bytes(4 * MiB)
  const out = pack()
  const written = pipeline(out, createWriteStream(archive))
  const tree = { entries: 0, contentBytes: 0 }
  const folders = foldersFor(Math.ceil(files / filesInFolder))
  for (const [at, folder] of folders.entries()) {
    add({ name: folder, type: 'directory', mode: at % 17 === 0 ? 0o1777 : 0o755 })
    for (let n = 0; n < filesInFolder; n++) addFile(folder, n)
    // What was packed goes to the file meanwhile.
    await turn()
  }
  out.finalize()
  await written
  return tree

  function add(header: Pick<Header, 'name'> & Partial<Header>, content: Buffer = Buffer.alloc(0)): void {
    tree.entries++
    tree.contentBytes += content.length
    const nanoseconds = String(chance.below(1_000_000_000)).padStart(9, '0')
    const mtime = `${seconds2026 - chance.below(2 ** 30)}.${nanoseconds}`
    out.entry({ uid: chance.below(3) * 1000, gid: chance.below(70_000), ...header, pax: { mtime } }, content)
  }

  function addFile(folder: string, n: number): void {
    const name = `${folder}/${nameOf(n)}`
    const from = chance.below(2 * MiB)
    if (n % 13 === 12) add({ name, type: 'symlink', linkname: `../${nameOf(n - 1)}`.repeat(1 + (n % 3)) })
    else if (n % 29 === 28) add({ name, type: 'link', linkname: `${folder}/${nameOf(0)}` })
    else add({ name, mode: modes[n % 4] ?? 0 }, pool.subarray(from, from + sizeOf(chance)))
  }
}

/** Three folders in each, six deep, and as many at the top as it takes. */
function foldersFor(count: number): readonly string[] {
  const paths: string[] = []
  for (let at = 0; at < count; at++) {
    const above = at < 8 ? undefined : paths[Math.floor((at - 8) / 3)]
    paths.push(above === undefined || above.split('/').length > 5 ? `folder-${at}` : `${above}/文件夹-${at}`)
  }
  return paths
}

function nameOf(n: number): string {
  return n % 20 === 7 ? `文件 ${n} ${'长'.repeat(60)}` : `file-${n}.so.${n % 5}`
}

/** Empty, a few bytes, or up to 4 KiB; one in a hundred up to 64 KiB, one in ten thousand up to 2 MiB. */
function sizeOf(chance: Chance): number {
  if (chance.once(10_000)) return chance.below(2 * MiB)
  if (chance.once(100)) return chance.below(64 * KiB)
  return chance.below(chance.once(3) ? 60 : 4 * KiB)
}
