import { execFile } from 'node:child_process'
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type DiskOptions = {
  readonly sizeBytes: number
  readonly format: 'qcow2' | 'raw'
  /** qcow2 only: version 2 images (`0.10`) cannot hold bitmaps. */
  readonly compat?: '0.10' | '1.1'
  /** `ext4` (the default) is mounted by the guest as `/mnt/<device>`; `blank` is left alone. */
  readonly content?: 'ext4' | 'blank'
  /** Text that a guest booted from this disk as its first prints on its serial console. */
  readonly marker?: string
}

/** Makes the image at `path`. */
export async function makeDisk(path: string, options: DiskOptions): Promise<void> {
  const raw = `${path}.draft`
  const files = `${path}.files`
  try {
    await writeFile(raw, '')
    await truncate(raw, options.sizeBytes)
    if (options.content !== 'blank') await format(raw, files, options.marker)
    const settings = options.format === 'qcow2' ? ['-o', `compat=${options.compat ?? '1.1'}`] : []
    await run('qemu-img', ['convert', '-f', 'raw', '-O', options.format, ...settings, raw, path])
  } finally {
    await rm(raw, { force: true })
    await rm(files, { recursive: true, force: true })
  }
}

async function format(raw: string, files: string, marker: string | undefined): Promise<void> {
  await mkdir(files)
  if (marker !== undefined) await writeFile(join(files, 'marker'), marker)
  await run('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', 'lazy_itable_init=0,lazy_journal_init=0', '-d', files, raw])
}

/** A qcow2 image that holds what is written from now on, over one that stays as it is. */
export async function createOverlay(path: string, below: string, format = 'qcow2'): Promise<void> {
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', below, path])
}
