import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { type Contender, missing, type Place } from './contender.ts'

const disk = (place: Place): string => path.join(place.machines, 'server.raw')

/** The least that any backup must do: move the allocated bytes. */
export const sparseCopy: Contender = {
  name: 'sparse copy',
  missing: undefined,
  prepare: async () => {},
  full: async (place) => ({
    program: 'cp',
    args: ['--sparse=always', disk(place), path.join(place.state, 'copy.raw')],
  }),
}

/** The limit of processing: the same bytes through zstd level 1 on two threads, to the same disk. */
export const zstd: Contender = {
  name: 'zstd -1 -T2',
  missing: missing('zstd', 'zstd'),
  prepare: async () => {},
  full: async (place) => ({
    program: 'zstd',
    args: ['-1', '-T2', '-q', '-f', disk(place), '-o', path.join(place.state, 'disk.zst')],
  }),
}

type Site = { readonly repository: string; readonly env: Readonly<Record<string, string>> }

/** `siteOf` tells where its repository is, once the place is prepared for it. */
export function resticIn(name: string, siteOf: (place: Place) => Site): Contender {
  const restic = (place: Place, ...args: readonly string[]) => {
    const { repository, env } = siteOf(place)
    return {
      program: 'restic',
      args: ['-r', repository, '--cache-dir', path.join(place.state, 'cache'), '-q', ...args],
      env: { RESTIC_PASSWORD: 'benchmark', RESTIC_PROGRESS_FPS: '0.1', ...env },
    }
  }
  return {
    name,
    missing: missing('restic', 'restic'),
    prepare: async (place) => {
      const { program, args, env } = restic(place, 'init')
      execFileSync(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
    },
    full: async (place) => restic(place, 'backup', disk(place)),
    second: async (place) => restic(place, 'backup', disk(place)),
    restore: async (place) => restic(place, 'restore', 'latest', '--target', place.target),
    restoredFile: (place) => path.join(place.target, disk(place)),
  }
}

export const resticPeer: Contender = resticIn('restic', (place) => ({
  repository: path.join(place.state, 'repo'),
  env: {},
}))

const borgEnv = {
  BORG_PASSPHRASE: 'benchmark',
  BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
}

function borg(place: Place, args: readonly string[], cwd?: string): Awaited<ReturnType<Contender['full']>> {
  const env = { ...borgEnv, BORG_BASE_DIR: path.join(place.state, 'base') }
  return { program: 'borg', args, env, ...(cwd === undefined ? {} : { cwd }) }
}

const fixedChunks = ['--chunker-params', 'fixed,4194304', '--compression', 'zstd,1', '--sparse']

export const borgPeer: Contender = {
  name: 'borg fixed 4 MiB, zstd,1',
  missing: missing('borg', 'borgbackup'),
  prepare: async (place) => {
    const { program, args, env } = borg(place, ['init', '-e', 'repokey-blake2', path.join(place.state, 'repo')])
    execFileSync(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  },
  full: async (place) =>
    borg(place, ['create', ...fixedChunks, `${path.join(place.state, 'repo')}::day1`, disk(place)]),
  second: async (place) =>
    borg(place, ['create', ...fixedChunks, `${path.join(place.state, 'repo')}::day2`, disk(place)]),
  restore: async (place) =>
    borg(place, ['extract', '--sparse', `${path.join(place.state, 'repo')}::day2`], place.target),
  restoredFile: (place) => path.join(place.target, disk(place)),
}
