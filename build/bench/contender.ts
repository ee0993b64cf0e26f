import { execFileSync } from 'node:child_process'
import type { Command } from './measure.ts'

/** One way to back up the benchmark's machine. Each folder it is given is empty and its own. */
export type Contender = {
  readonly name: string
  /** Absent when it can run; else why not. */
  readonly missing: string | undefined
  /** Set-up that is not timed: an empty repository, a list of hosts. */
  prepare(place: Place): Promise<void>
  full(place: Place): Promise<Command>
  second?(place: Place): Promise<Command>
  /** Of the second day; into a folder that is emptied before each run. */
  restore?(place: Place): Promise<Command>
  /** Of the restored disk. */
  restoredFile?(place: Place): string
  /** What its repository takes, where that is not in `state`. */
  storedBytes?(place: Place): Promise<number>
  /** Ends what `prepare` started. */
  clear?(place: Place): Promise<void>
}

export type Place = {
  /** The contender's repository and state. */
  readonly state: string
  /** Holds `server.raw`, the machine's disk of the day. */
  readonly machines: string
  readonly target: string
}

/** Why a program cannot take part; undefined when it can. */
export function missing(program: string, debianPackage: string): string | undefined {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return undefined
  } catch {
    return `${program} is not installed (Debian package ${debianPackage})`
  }
}
