import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { machineId } from '../../../../shared/machine.ts'
import { type PointId, pointId } from '../../../../shared/point.ts'
import { writeDurably } from '../../base/durable-file.ts'

/**
 * What a backup or a restore may leave on its host when the engine dies: written down before any of it is made. A restore has
 * no checkpoint, its files are those of the machine to be, and its point stands for nothing but the record's name.
 */
const sessionRecord = z.object({
  kind: z.enum(['backup', 'restore']),
  /** Of the host, as the person gave it: one folder of records serves several. */
  uri: z.string(),
  machineId,
  pointId,
  checkpoint: z.optional(z.string()),
  runFolder: z.string(),
  files: z.array(z.string()),
})
export type SessionRecord = z.infer<typeof sessionRecord>

/** Resolves when the record would survive a power cut. */
export async function writeRecord(stateFolder: string, record: SessionRecord): Promise<void> {
  await mkdir(folderOf(stateFolder), { recursive: true, mode: 0o700 })
  writeDurably(pathOf(stateFolder, record.pointId), Buffer.from(JSON.stringify(record)), 0o600)
}

export async function removeRecord(stateFolder: string, id: PointId): Promise<void> {
  await rm(pathOf(stateFolder, id), { force: true })
}

/** Every session that did not end in order. A record that cannot be read is left out: it was never finished. */
export async function readRecords(stateFolder: string): Promise<readonly SessionRecord[]> {
  const names = await readdir(folderOf(stateFolder)).catch(() => [])
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(folderOf(stateFolder), name))),
  )
  return records.filter((record) => record !== undefined)
}

async function readRecord(path: string): Promise<SessionRecord | undefined> {
  try {
    return sessionRecord.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

function folderOf(stateFolder: string): string {
  return join(stateFolder, 'sessions')
}

function pathOf(stateFolder: string, id: PointId): string {
  return join(folderOf(stateFolder), `${id}.json`)
}
