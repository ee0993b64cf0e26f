import type { Commands } from './command.ts'
import { hostCommands } from './host-commands.ts'
import { repositoryCommands } from './repository-commands.ts'
import { runCommands } from './run-commands.ts'
import { snapshotCommands } from './snapshot-commands.ts'

/** Everything but `serve`, by its words. */
export const commands: Commands = { ...hostCommands, ...snapshotCommands, ...repositoryCommands, ...runCommands }
