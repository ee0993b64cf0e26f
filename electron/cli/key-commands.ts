import type { Commands } from './command.ts'
import { readSecret } from './find.ts'

const ofRepository = { options: {}, positionals: 1 } as const
const withPassphrase = {
  options: { 'passphrase-file': 'string' },
  positionals: 1,
  needed: ['passphrase-file'],
} as const

/** Ways to open a repository. What is told once goes to standard output and nowhere else. */
export const keyCommands: Commands = {
  'keys list': {
    grammar: { ...ofRepository, usage: 'keys list REPOSITORY' },
    async run({ calls, interrupted }, { rest: [repositoryId = ''] }) {
      const slots = await calls.listSlots({ repositoryId }, interrupted)
      return { value: slots.map(({ id, ...slot }) => ({ slotId: id, ...slot })) }
    },
  },
  'keys change-passphrase': {
    grammar: { ...withPassphrase, usage: 'keys change-passphrase REPOSITORY --passphrase-file F' },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''], text }) => ({
      value: await calls.changePassphrase(
        { repositoryId, passphrase: readSecret(text('passphrase-file') ?? '') },
        interrupted,
      ),
    }),
  },
  'keys add-passphrase': {
    grammar: { ...withPassphrase, usage: 'keys add-passphrase REPOSITORY --passphrase-file F' },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''], text }) => ({
      value: await calls.addPassphrase(
        { repositoryId, passphrase: readSecret(text('passphrase-file') ?? '') },
        interrupted,
      ),
    }),
  },
  'keys recovery-words': {
    grammar: { ...ofRepository, usage: 'keys recovery-words REPOSITORY' },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''] }) => ({
      value: await calls.renewRecoveryWords({ repositoryId }, interrupted),
    }),
  },
  'keys recovery-key': {
    grammar: { ...ofRepository, usage: 'keys recovery-key REPOSITORY' },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''] }) => ({
      value: await calls.addRecoveryKey({ repositoryId }, interrupted),
    }),
  },
  'keys remove': {
    grammar: {
      usage: 'keys remove REPOSITORY --slot ID',
      options: { slot: 'string' },
      positionals: 1,
      needed: ['slot'],
    },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''], text }) => ({
      value: await calls.removeSlot({ repositoryId, slotId: text('slot') ?? '' }, interrupted),
    }),
  },
  'keys epoch': {
    grammar: { ...ofRepository, usage: 'keys epoch REPOSITORY' },
    run: async ({ calls, interrupted }, { rest: [repositoryId = ''] }) => ({
      value: await calls.renewEpoch({ repositoryId }, interrupted),
    }),
  },
}
