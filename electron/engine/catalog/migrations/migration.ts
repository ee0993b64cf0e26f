import type { Database } from 'better-sqlite3'

/** Brings a catalog from version `number - 1` to `number`. Never changed once released; runs inside a transaction. */
export type Migration = { readonly number: number; apply(database: Database): void }
