import path from 'node:path'
import type { Commands } from './command.ts'
import { findMachine } from './find.ts'
import { settleHosts } from './session.ts'

/** Hosts and the machines on them. */
export const hostCommands: Commands = {
  'host find': {
    grammar: { usage: 'host find', options: {}, positionals: 0 },
    run: async ({ calls, interrupted }) => ({ value: await calls.findHosts(null, interrupted) }),
  },
  'host add': {
    grammar: {
      usage: 'host add --libvirt URI | --images DIR',
      options: { libvirt: 'string', images: 'string' },
      positionals: 0,
      oneOf: ['libvirt', 'images'],
    },
    async run({ calls, interrupted }, words) {
      const uri = words.text('libvirt')
      const folder = path.resolve(words.text('images') ?? '')
      const host = uri === undefined ? ({ kind: 'images', folder } as const) : ({ kind: 'libvirt', uri } as const)
      return { value: await calls.addHost({ address: host }, interrupted) }
    },
  },
  'host list': {
    grammar: { usage: 'host list', options: {}, positionals: 0 },
    async run(session) {
      await settleHosts(session)
      return { value: (await session.calls.listHosts(null)).map(({ id, ...host }) => ({ hostId: id, ...host })) }
    },
  },
  'host remove': {
    grammar: { usage: 'host remove ID', options: {}, positionals: 1 },
    run: async ({ calls }, { rest: [hostId = ''] }) => ({ value: await calls.removeHost({ hostId }) }),
  },
  'machine list': {
    grammar: { usage: 'machine list', options: {}, positionals: 0 },
    async run(session) {
      await settleHosts(session)
      const machines = await session.calls.listMachines(null)
      return { value: machines.map(({ id, ...machine }) => ({ machineId: id, ...machine })) }
    },
  },
  'machine start': {
    grammar: { usage: 'machine start MACHINE', options: {}, positionals: 1 },
    async run(session, { rest: [name = ''] }) {
      const machineId = await findMachine(session, name)
      await session.calls.startMachine({ machineId }, session.interrupted)
      return { value: { machineId } }
    },
  },
  'machine shutdown': {
    grammar: { usage: 'machine shutdown MACHINE', options: {}, positionals: 1 },
    async run(session, { rest: [name = ''] }) {
      const machineId = await findMachine(session, name)
      await session.calls.shutDownMachine({ machineId }, session.interrupted)
      return { value: { machineId } }
    },
  },
}
