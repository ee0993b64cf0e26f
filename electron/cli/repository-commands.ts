import type { Unlock } from '../../shared/contract.ts'
import type { LockRule } from '../../shared/repository.ts'
import { type Commands, choice } from './command.ts'
import { readSecret } from './find.ts'
import { UsageError, type Words } from './grammar.ts'
import { accountOf, bucketGrammar, bucketOf, bucketUsage, siteOf } from './store-words.ts'

const unlockFiles = ['passphrase-file', 'recovery-words-file', 'recovery-key-file'] as const
const modes = ['governance', 'compliance'] as const
const media = ['disk', 'nas', 'object-store', 'removable', 'tape'] as const

/** Repositories and the stores that they lie in. */
export const repositoryCommands: Commands = {
  'repository create': {
    grammar: {
      usage: `repository create (--folder DIR | ${bucketUsage}) --passphrase-file F [--lock-days N [--lock-mode governance|compliance]]`,
      options: {
        folder: 'string',
        'passphrase-file': 'string',
        'lock-days': 'string',
        'lock-mode': 'string',
        ...bucketGrammar.options,
      },
      positionals: 0,
      needed: ['passphrase-file'],
      oneOf: ['folder', 's3'],
      within: { ...bucketGrammar.within, 'lock-mode': ['lock-days'] },
    },
    async run({ calls, interrupted }, words) {
      const site = siteOf(words)
      const lock = lockOf(words)
      const passphrase = readSecret(words.text('passphrase-file') ?? '')
      const wish = { ...site, passphrase, ...(lock === undefined ? {} : { lock }) }
      return { value: await calls.createRepository(wish, interrupted) }
    },
  },
  'repository open': {
    grammar: {
      usage: `repository open (--folder DIR | ${bucketUsage}) (--${unlockFiles.join(' F | --')} F)`,
      options: {
        folder: 'string',
        ...Object.fromEntries(unlockFiles.map((name) => [name, 'string'] as const)),
        ...bucketGrammar.options,
      },
      positionals: 0,
      oneOf: ['folder', 's3'],
      within: bucketGrammar.within,
    },
    async run({ calls, interrupted }, words) {
      const unlock = unlockOf(words)
      return { value: await calls.openRepository({ ...siteOf(words), unlock }, interrupted) }
    },
  },
  'repository probe': {
    grammar: { ...bucketGrammar, usage: `repository probe ${bucketUsage}`, positionals: 0, needed: ['s3'] },
    run: async ({ calls, interrupted }, words) => ({ value: await calls.probeStore(bucketOf(words), interrupted) }),
  },
  'repository credentials': {
    grammar: {
      usage: 'repository credentials ID --credentials-file F',
      options: { 'credentials-file': 'string' },
      positionals: 1,
      needed: ['credentials-file'],
    },
    run: async ({ calls, interrupted }, words) => ({
      value: await calls.setCredentials(
        { repositoryId: words.rest[0] ?? '', credentials: accountOf(words) },
        interrupted,
      ),
    }),
  },
  'repository place': {
    grammar: {
      usage: `repository place ID --medium ${media.join('|')} --site TEXT`,
      options: { medium: 'string', site: 'string' },
      positionals: 1,
      needed: ['medium', 'site'],
    },
    run: async ({ calls }, words) => ({
      value: await calls.setPlace({
        repositoryId: words.rest[0] ?? '',
        place: { medium: choice(words.text('medium') ?? '', media, 'medium'), site: words.text('site') ?? '' },
      }),
    }),
  },
  'repository list': {
    grammar: { usage: 'repository list', options: {}, positionals: 0 },
    async run({ calls }) {
      const repositories = await calls.listRepositories(null)
      return { value: repositories.map(({ id, ...repository }) => ({ repositoryId: id, ...repository })) }
    },
  },
  'repository remove': {
    grammar: { usage: 'repository remove ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [repositoryId = ''] }) => ({
      value: await calls.removeRepository({ repositoryId }),
    }),
  },
}

function unlockOf(words: Words): Unlock {
  const [given, other] = unlockFiles.filter((name) => words.text(name) !== undefined)
  if (given === undefined || other !== undefined) {
    throw new UsageError(`Exactly one of --${unlockFiles.join(', --')} is wanted`)
  }
  const secret = readSecret(words.text(given) ?? '')
  switch (given) {
    case 'passphrase-file':
      return { kind: 'passphrase', passphrase: secret }
    case 'recovery-words-file':
      return { kind: 'recovery-words', words: secret }
    case 'recovery-key-file':
      return { kind: 'recovery-key', secret }
  }
}

/** Governance unless said otherwise: whoever may, can still end it. */
export function lockOf(words: Words): LockRule | undefined {
  const text = words.text('lock-days') ?? words.text('days')
  if (text === undefined) return undefined
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1) throw new UsageError('Days are a whole number from 1 on')
  return { mode: choice(words.text('lock-mode') ?? words.text('mode') ?? 'governance', modes, 'lock-mode'), days }
}
