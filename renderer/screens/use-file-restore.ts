import type { FileTarget } from '../../shared/files.ts'
import { useConsole } from '../parts/console-context.tsx'
import { type Task, useTask } from '../parts/use-task.ts'
import type { ShelfItem } from '../stores/shelf.ts'

/** Takes files to a target, as a run that the shelf follows. `then` hears of its id as soon as it has begun. */
export function useFileRestore(): Task & {
  readonly restore: (items: readonly ShelfItem[], target: FileTarget, then?: (runId: string) => void) => void
} {
  const { calls, shelf } = useConsole()
  const task = useTask()
  return {
    ...task,
    restore: (items, target, then) =>
      task.start(async (signal) => {
        const { runId } = await calls.startFileRestore({ items: items.map(({ ref }) => ref), target }, signal)
        shelf.started(runId)
        then?.(runId)
      }),
  }
}
