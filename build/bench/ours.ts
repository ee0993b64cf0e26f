import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Contender, Place } from './contender.ts'
import type { Command } from './measure.ts'

const cli = path.join(import.meta.dirname, '..', '..', 'electron', 'cli.ts')

export function stillpoint(home: string, ...args: readonly string[]): Command {
  return { program: process.execPath, args: [cli, ...args, '--home', home] }
}

/** Runs a command that is not timed and answers its JSON. */
export function ask(home: string, ...args: readonly string[]): Record<string, unknown> {
  const command = stillpoint(home, ...args)
  const said = execFileSync(command.program, command.args, { stdio: ['ignore', 'pipe', 'ignore'] })
  return JSON.parse(String(said)) as Record<string, unknown>
}

export function createRepository(home: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const passphraseFile = path.join(home, 'passphrase')
  mkdirSync(home, { recursive: true })
  writeFileSync(passphraseFile, 'benchmark\n')
  return String(
    ask(home, 'repository', 'create', '--folder', folder, '--passphrase-file', passphraseFile)['repositoryId'],
  )
}

const repositories = new WeakMap<Place, string>()

function repositoryOf(place: Place): string {
  return repositories.get(place) ?? ''
}

const home = (place: Place): string => path.join(place.state, 'home')

/** A folder of images: what changed is found by comparison. */
export const ours: Contender = {
  name: 'Stillpoint, image file',
  missing: undefined,
  prepare: async (place) => {
    repositories.set(place, createRepository(home(place), path.join(place.state, 'repo')))
    ask(home(place), 'host', 'add', '--images', place.machines)
  },
  full: async (place) =>
    stillpoint(home(place), 'backup', 'server', '--repository', repositoryOf(place), '--method', 'full'),
  second: async (place) => stillpoint(home(place), 'backup', 'server', '--repository', repositoryOf(place)),
  restore: async (place) => {
    // The shell lists points newest first.
    const points = ask(home(place), 'point', 'list') as unknown as { pointId: string }[]
    const newest = points[0]?.pointId ?? ''
    return stillpoint(home(place), 'restore', newest, '--to-images', place.target, '--format', 'raw')
  },
  restoredFile: (place) => path.join(place.target, 'server-server.raw'),
}
