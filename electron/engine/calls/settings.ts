import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import { firstSettings, type Settings, type SettingsChange } from '../../../shared/settings.ts'
import { createSampleMachine } from '../hypervisor/sample/sample-machine.ts'
import type { Rooms } from '../rooms.ts'
import { listFolders } from './folders.ts'

/** The console itself: settings, what it is, folders to choose from, the sample machine. */
export function settingsCalls(
  rooms: Rooms,
): Pick<Handlers<AbortSignal>, 'listFolders' | 'getSettings' | 'changeSettings' | 'about' | 'createSample'> {
  const { home, about, emit } = rooms.options
  return {
    listFolders: async ({ folder }) => listFolders(folder ?? homedir()),
    getSettings: async () => settingsOf(rooms),
    changeSettings: async (change) => {
      rooms.catalog.settings.put(changed(rooms.catalog.settings.get(), change))
      emit('settingsChanged', null)
      return settingsOf(rooms)
    },
    about: async () => ({ ...about, home }),
    createSample: async ({ folder }, signal) => createSample(rooms, folder ?? join(home, 'sample'), signal),
  }
}

function settingsOf({ catalog }: Rooms): Settings {
  return { ...firstSettings, ...given(catalog.settings.get()) } as Settings
}

function changed(before: SettingsChange, { language, ...change }: SettingsChange) {
  const { language: spoken, ...rest } = before
  const next = language === undefined ? spoken : language
  return { ...rest, ...given(change), ...(next === undefined || next === null ? {} : { language: next }) }
}

/** What is undefined was not given. */
function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}

/** The folder becomes a host, where it is none yet. */
async function createSample(rooms: Rooms, folder: string, signal: AbortSignal) {
  const name = await createSampleMachine(folder, signal)
  const hostId = await rooms.hosts.add({ kind: 'images', folder }, signal)
  const machines = await rooms.hosts.machines(signal)
  const machine = machines.find((each) => each.hostId === hostId && each.name === name)
  if (machine === undefined) throw new Failure('machine-not-found', `${name} was made, but ${folder} does not list it`)
  return { machineId: machine.id, hostId }
}
