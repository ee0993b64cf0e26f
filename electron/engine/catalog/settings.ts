import type { Database } from 'better-sqlite3'
import * as z from 'zod/mini'
import { settings } from '../../../shared/settings.ts'

/** Only what a person changed is kept: what later versions set first reaches everybody else. */
export type SettingsTable = {
  get(): ChangedSettings
  put(changed: ChangedSettings): void
}

export const changedSettings = z.partial(settings)
export type ChangedSettings = z.infer<typeof changedSettings>

export function settingsTable(database: Database): SettingsTable {
  const get = database.prepare<[], string>('SELECT json FROM settings').pluck()
  const put = database.prepare('INSERT OR REPLACE INTO settings (only, json) VALUES (1, ?)')
  return {
    get: () => understood(get.get() ?? '{}'),
    put: (changed) => void put.run(JSON.stringify(changed)),
  }
}

/** The parts that mean something to this version; another one, or a hand, may have written the rest. */
function understood(json: string): ChangedSettings {
  const found = parsed(json)
  const parts = Object.entries(settings.shape).flatMap(([name, part]) => {
    const value = part.safeParse(found[name])
    return value.success && value.data !== undefined ? [[name, value.data]] : []
  })
  return Object.fromEntries(parts) as ChangedSettings
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(json)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {}
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {}
    throw thrown
  }
}
