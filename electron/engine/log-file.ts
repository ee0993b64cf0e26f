import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino } from 'pino'
import type { Log } from './base/log.ts'

const keptBytes = 16 * 1024 * 1024

/**
 * `home/logs/engine.log`, one JSON object per line; when it has grown at a start, the one before is kept as `engine.log.1`.
 * A log that cannot be written (full disk) is given up in silence: it must stop neither a backup nor a restore.
 */
export function openLog(home: string): Log {
  const folder = join(home, 'logs')
  const file = join(folder, 'engine.log')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > keptBytes) renameSync(file, `${file}.1`)
    const out = destination({ dest: file, sync: true, append: true, mode: 0o600 })
    out.on('error', () => undefined)
    return logTo(out)
  } catch {
    return logTo({ write: () => undefined })
  }
}

function logTo(out: { write(line: string): void }): Log {
  const logger = pino({ base: { pid: process.pid }, timestamp: () => `,"time":"${new Date().toISOString()}"` }, out)
  return {
    info: (message, values) => logger.info(values ?? {}, message),
    warn: (message, values) => logger.warn(values ?? {}, message),
    error: (message, values) => logger.error(values ?? {}, message),
  }
}
