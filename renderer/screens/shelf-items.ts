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

const filesType = 'application/x-stillpoint-files'

/** Known from the drag itself, before any screen has drawn it. */
export function carriesFiles(data: DataTransfer): boolean {
  return data.types.includes(filesType)
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
      data.setData(filesType, String(items.length))
      data.effectAllowed = 'copy'
      // At once: a drop may come before the next frame. Nothing may appear under the pointer by it, which would end the drag.
      shelf.drag(items)
    },
    onDragEnd: () => shelf.drag([]),
  }
}
