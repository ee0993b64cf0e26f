import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { isDamage, migrate } from '../database.ts'
import { type EntryTable, entryTable } from './entries.ts'
import { type FolderTable, folderTable } from './folders.ts'
import { type NameTable, nameTable } from './names.ts'
import { type FilePointTable, filePointTable } from './points.ts'
import { fileMigrations } from './schema.ts'
import { type VolumeTable, volumeTable } from './volumes.ts'

export type FileTables = {
  readonly names: NameTable
  readonly folders: FolderTable
  readonly entries: EntryTable
  readonly volumes: VolumeTable
  readonly points: FilePointTable
  /** Bytes of the whole file. */
  sizeBytes(): number
}

const fileName = 'files.db'
const busyWaitMs = 10_000
const cacheKiB = 64 * 1024

/**
 * `home/files.db`: what points hold, for whoever looks for a file without a look into a repository. It lies beside the catalog, so
 * that copies of that stay small, and can be lost at any time: a damaged one is moved aside and begun anew, whenever that shows.
 * One of a later version is left alone; then nothing is known, and nothing can be added.
 */
export class FileCatalog implements Disposable {
  readonly #path: string
  readonly #clock: Clock
  readonly #log: Log
  #database: Database.Database
  #tables: FileTables
  #refusal: Failure | undefined

  constructor(home: string, clock: Clock, log: Log) {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    this.#path = join(home, fileName)
    this.#clock = clock
    this.#log = log
    this.#database = this.#openOrReplace()
    this.#tables = tablesOf(this.#database)
  }

  /** What `look` answers; asked again of an empty catalog where this one turns out to be damaged. */
  read<T>(look: (tables: FileTables) => T): T {
    try {
      return look(this.#tables)
    } catch (thrown) {
      this.#replaceDamaged(thrown)
      return look(this.#tables)
    }
  }

  /**
   * All of `change` or nothing. Fails with `catalog-from-future`, and with `catalog-failed` where the catalog turned out to be
   * damaged and was begun anew.
   */
  write<T>(change: (tables: FileTables) => T): T {
    if (this.#refusal !== undefined) throw this.#refusal
    try {
      return this.#database.transaction(() => change(this.#tables)).immediate()
    } catch (thrown) {
      this.#tables.names.takeBack()
      this.#replaceDamaged(thrown)
      throw new Failure('catalog-failed', 'What was known of files was damaged and is begun anew', { cause: thrown })
    }
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #replaceDamaged(thrown: unknown): void {
    if (!isDamage(thrown)) throw thrown
    this.#database.close()
    this.#moveAside(thrown)
    this.#database = openFile(this.#path)
    this.#tables = tablesOf(this.#database)
  }

  #openOrReplace(): Database.Database {
    try {
      return openFile(this.#path)
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'catalog-from-future') return this.#withoutFile(thrown)
      if (!isDamage(thrown)) throw thrown
      this.#moveAside(thrown)
      return openFile(this.#path)
    }
  }

  #withoutFile(refusal: Failure): Database.Database {
    this.#log.error('What is known of files was written by a later version and is left alone', { path: this.#path })
    this.#refusal = refusal
    return openFile(':memory:')
  }

  #moveAside(thrown: unknown): void {
    const aside = `${this.#path}.damaged-${new Date(this.#clock.now()).toISOString().replaceAll(':', '-')}`
    for (const ending of ['', '-wal', '-shm']) {
      if (existsSync(this.#path + ending)) renameSync(this.#path + ending, aside + ending)
    }
    this.#log.error('What is known of files was damaged and is begun anew', { aside, cause: String(thrown) })
  }
}

/** Commits need not survive a power cut, only the file's being whole: what is lost is read again from the points. */
function openFile(path: string): Database.Database {
  const database = new Database(path, { timeout: busyWaitMs })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma(`cache_size = -${cacheKiB}`)
    migrate(database, fileMigrations)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function tablesOf(database: Database.Database): FileTables {
  const names = nameTable(database)
  const size = database
    .prepare<[], number>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
    .pluck()
  return {
    names,
    folders: folderTable(database, names),
    entries: entryTable(database),
    volumes: volumeTable(database),
    points: filePointTable(database),
    sizeBytes: () => Number(size.get()),
  }
}
