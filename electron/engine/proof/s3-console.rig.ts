import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Run, RunId } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import { type Console, never, type Place } from './walk.ts'

/** A machine of one disk that nothing compresses and that repeats nowhere. */
export type Shop = { readonly machineId: string; readonly content: Buffer }

/** `holds` is its content, or how many bytes of that to make. */
export async function newShop(console: Console, at: Place, name: string, holds: number | Buffer): Promise<Shop> {
  const content = typeof holds === 'number' ? randomBytes(holds) : holds
  await mkdir(at.at(`images of ${name}`))
  await writeFile(at.at(`images of ${name}`, `${name}.raw`), content)
  await console.addImages(at.at(`images of ${name}`))
  return { machineId: await console.machineNamed(name), content }
}

export async function done(console: Console, started: Promise<{ readonly runId: RunId }>): Promise<Run> {
  const run = await console.ended((await started).runId)
  assert.equal(run.state, 'done', `${run.kind}: ${run.failure?.code}: ${run.failure?.message}`)
  return run
}

/** Whether the point's one disk comes back byte for byte, into a folder of its own. */
export async function comesBack(console: Console, pointId: PointId, at: Place, { content }: Shop): Promise<boolean> {
  const folder = at.at(`out-${randomBytes(4).toString('hex')}`)
  await mkdir(folder)
  const target = { kind: 'images', folder, format: 'raw' } as const
  await done(console, console.calls.startRestore({ pointId, target }, never))
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.raw'))
  assert.equal(files.length, 1, `${files}`)
  return content.equals(await readFile(`${folder}/${files[0]}`))
}

/** One bit of the largest file below. */
export async function flipMiddle(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const files = await Promise.all(names.map(async (file) => ({ file, sizeBytes: (await stat(file)).size })))
  const { file, sizeBytes } = largest(files)
  const bytes = await readFile(file)
  const middle = Math.floor(sizeBytes / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await chmod(file, 0o600)
  await writeFile(file, bytes)
}

export function largest<T extends { readonly sizeBytes: number }>(all: readonly T[]): T {
  const [first] = all.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  return first ?? assert.fail('there is nothing')
}

export function sumOf(all: readonly { readonly sizeBytes: number }[]): number {
  return all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
