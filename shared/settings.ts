import * as z from 'zod/mini'

const language = z.enum(['en', 'zh-CN'])
const minutes = z.number().check(z.int(), z.minimum(1), z.maximum(525_600))

/** What one person wants of the console on this machine. */
export const settings = z.object({
  /** Absent: as the system speaks. */
  language: z.optional(language),
  theme: z.enum(['auto', 'light', 'dark']),
  /** How much work may be lost at most (recovery point objective), and how long getting a machine back may take (RTO). */
  wantedRpoMinutes: minutes,
  wantedRtoMinutes: minutes,
  /** Say so on the desktop when the worst state changes. */
  notify: z.boolean(),
  /** Say so when a machine has had no good point for so many days. */
  quietDays: z.number().check(z.int(), z.minimum(1), z.maximum(365)),
  /** Closing the window leaves the console in the tray. */
  keepInTray: z.boolean(),
})
export type Settings = z.infer<typeof settings>

/** What is absent stays; no language (null): again as the system speaks. */
export const settingsChange = z.extend(z.partial(settings), { language: z.optional(z.nullable(language)) })
export type SettingsChange = z.infer<typeof settingsChange>

export const firstSettings: Settings = {
  theme: 'auto',
  wantedRpoMinutes: 24 * 60,
  wantedRtoMinutes: 60,
  notify: true,
  quietDays: 2,
  keepInTray: true,
}

/** What this console is and runs on. */
export const about = z.object({
  version: z.string(),
  /** What carries the engine. */
  carrier: z.enum(['electron', 'node']),
  /** Folder of all state. */
  home: z.string(),
  /** Where keys rest: sealed by the system's secret store, as files that only their owner can read, or only in memory. */
  secrets: z.enum(['system', 'files', 'memory']),
})
export type About = z.infer<typeof about>
