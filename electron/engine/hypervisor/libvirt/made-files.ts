import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { MachineId } from '../../../../shared/machine.ts'
import { openRunFolder, type RunFolder, runBase } from './run-folder.ts'
import type { SessionHost } from './session-host.ts'
import { removeRecord, type SessionRecord, writeRecord } from './session-record.ts'

/**
 * Files and folders of a machine that does not exist yet. Disposing removes them, unless the machine came to be; when the
 * engine dies before that, the next clean-up does.
 */
export class MadeFiles implements AsyncDisposable {
  readonly #stateFolder: string
  readonly #folder: RunFolder
  #record: SessionRecord

  private constructor(stateFolder: string, folder: RunFolder, record: SessionRecord) {
    this.#stateFolder = stateFolder
    this.#folder = folder
    this.#record = record
  }

  static async begin(host: SessionHost, machineId: MachineId): Promise<MadeFiles> {
    const folder = await openRunFolder(runBase(), undefined)
    const pointId = randomBytes(16).toString('hex')
    const record = { kind: 'restore', uri: host.uri, machineId, pointId, runFolder: folder.path, files: [] } as const
    return new MadeFiles(host.stateFolder, folder, { ...record, files: [] })
  }

  /** To be called before the file is made, and only for paths at which nothing is. */
  async add(path: string): Promise<void> {
    this.#record = { ...this.#record, files: [path, ...this.#record.files] }
    await writeRecord(this.#stateFolder, this.#record)
  }

  /** The machine has come to be, and its files with it. */
  async keep(): Promise<void> {
    this.#record = { ...this.#record, files: [] }
    await removeRecord(this.#stateFolder, this.#record.pointId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#record.files) await rm(path, { recursive: true, force: true })
    await removeRecord(this.#stateFolder, this.#record.pointId)
    await this.#folder[Symbol.asyncDispose]()
  }
}
