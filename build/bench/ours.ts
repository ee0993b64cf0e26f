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
  return makeRepository(home, '--folder', folder)
}

/** `site` are the words that say where. Answers its id. */
export function makeRepository(home: string, ...site: readonly string[]): string {
  const passphraseFile = path.join(home, 'passphrase')
  mkdirSync(home, { recursive: true })
  writeFileSync(passphraseFile, 'benchmark\n')
  return String(ask(home, 'repository', 'create', ...site, '--passphrase-file', passphraseFile)['repositoryId'])
}

const repositories = new WeakMap<Place, string>()

function repositoryOf(place: Place): string {
  return repositories.get(place) ?? ''
}

const homeOf = (place: Place): string => path.join(place.state, 'home')

/** A folder of images: what changed is found by comparison. `create` makes the repository and answers its id. */
export function imageFile(
  name: string,
  missing: string | undefined,
  create: (place: Place, home: string) => Promise<string>,
): Contender {
  return {
    name,
    missing,
    prepare: async (place) => {
      repositories.set(place, await create(place, homeOf(place)))
      ask(homeOf(place), 'host', 'add', '--images', place.machines)
    },
    full: async (place) =>
      stillpoint(homeOf(place), 'backup', 'server', '--repository', repositoryOf(place), '--method', 'full'),
    second: async (place) => stillpoint(homeOf(place), 'backup', 'server', '--repository', repositoryOf(place)),
    restore: async (place) => {
      // The shell lists points newest first.
      const points = ask(homeOf(place), 'point', 'list') as unknown as { pointId: string }[]
      const newest = points[0]?.pointId ?? ''
      return stillpoint(homeOf(place), 'restore', newest, '--to-images', place.target, '--format', 'raw')
    },
    restoredFile: (place) => path.join(place.target, 'server-server.raw'),
  }
}

export const ours: Contender = imageFile('Stillpoint, image file', undefined, async (place, home) =>
  createRepository(home, path.join(place.state, 'repo')),
)
