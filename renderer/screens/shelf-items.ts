import { useCallback } from 'react'
import type { FileKind } from '../../shared/files.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import type { ShelfItem } from '../stores/shelf.ts'

type Taken = {
  readonly pointId: string
  readonly volumeId: string
  readonly path: string
  readonly kind: FileKind
  readonly sizeBytes: number
  readonly stream?: string
}

/** Makes what can lie on the shelf of a file: with the machine and the moment of its point, as far as the window knows them. */
export function useShelfItems(): (taken: Taken) => ShelfItem {
  const points = useList('points').items
  return useCallback(
    ({ pointId, volumeId, path, kind, sizeBytes, stream }) => {
      const point = points.find(({ id }) => id === pointId)
      return {
        ref: { pointId, volumeId, path, ...(stream === undefined ? {} : { stream }) },
        kind,
        // Nobody knows how much lies in a folder before it is read.
        sizeBytes: kind === 'file' ? sizeBytes : 0,
        machineId: point?.machineId ?? '',
        machineName: point?.machineName ?? '',
        at: point?.createdAt ?? 0,
      }
    },
    [points],
  )
}

export type ShelfDrag = {
  readonly onDrag: (items: readonly ShelfItem[], data: DataTransfer) => void
  readonly onDragEnd: () => void
}

/** Files on the way to the shelf or to a target folder of this window. */
export function useShelfDrag(): ShelfDrag {
  const { shelf } = useConsole()
  return {
    onDrag: (items, data) => {
      data.setData('application/x-stillpoint-files', String(items.length))
      data.effectAllowed = 'copy'
      // What appears under the pointer while the drag begins would end it.
      requestAnimationFrame(() => shelf.drag(items))
    },
    onDragEnd: () => shelf.drag([]),
  }
}
