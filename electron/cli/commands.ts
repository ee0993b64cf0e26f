import type { Commands } from './command.ts'
import { fileCommands } from './file-commands.ts'
import { hostCommands } from './host-commands.ts'
import { keyCommands } from './key-commands.ts'
import { pointCommands } from './point-commands.ts'
import { repositoryCommands } from './repository-commands.ts'
import { runCommands } from './run-commands.ts'
import { snapshotCommands } from './snapshot-commands.ts'
import { upkeepCommands } from './upkeep-commands.ts'

/** Everything but `serve`, by its words. */
export const commands: Commands = {
  ...hostCommands,
  ...snapshotCommands,
  ...repositoryCommands,
  ...keyCommands,
  ...pointCommands,
  ...fileCommands,
  ...runCommands,
  ...upkeepCommands,
}
