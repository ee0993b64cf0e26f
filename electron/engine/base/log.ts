/** Where rooms write what an engineer may need later. Values must never hold secrets or guest bytes. */
export type Log = {
  info(message: string, values?: Readonly<Record<string, unknown>>): void
  warn(message: string, values?: Readonly<Record<string, unknown>>): void
  error(message: string, values?: Readonly<Record<string, unknown>>): void
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
