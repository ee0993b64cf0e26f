import { useMemo } from 'react'
import type { FileEntry } from '../../shared/files.ts'
import type { Point } from '../../shared/point.ts'
import { type FileRow, mergePage, rowsOf } from '../files/rows.ts'
import { useConsole } from '../parts/console-context.tsx'
import { useAnswer } from './use-answer.ts'
import { type Pages, usePages } from './use-pages.ts'

/** A folder of a point that is shown. */
export type OpenFolder = { readonly pointId: string; readonly volumeId: string; readonly path: string }

/** The first page is small, so that there is something to see at once. */
const firstPage = 500
const laterPages = 10_000

export type Comparison = {
  /** The newest point, or, for the newest, the one before it. */
  readonly against: Point
  readonly side: 'since' | 'before'
  readonly state: 'asking' | 'known' | 'failed'
}

export type Folder = {
  /** Sorted by name; what only the other point has stands between them. */
  readonly rows: readonly FileRow[]
  readonly pages: Pages<FileEntry>
  readonly comparison: Comparison | undefined
}

/** `points` are the machine's, newest first. Another number of `times` reads everything again. */
export function useFolder({ pointId, volumeId, path }: OpenFolder, points: readonly Point[], times: number): Folder {
  const { calls } = useConsole()
  const about = [pointId, volumeId, path, times].join('\n')
  const pages = usePages<FileEntry>(
    {
      most: Number.POSITIVE_INFINITY,
      merge: mergePage,
      ask: async (cursor, signal) => {
        const limit = cursor === undefined ? firstPage : laterPages
        const more = cursor === undefined ? {} : { cursor }
        const { entries, next } = await calls.listFiles({ pointId, volumeId, path, limit, ...more }, signal)
        return { items: entries, next }
      },
    },
    about,
  )
  const other = otherPoint(pointId, points)
  const against = other?.against.id
  const compared = useAnswer(
    async (signal) => ({
      about,
      changes: against === undefined ? [] : await calls.compareFolder({ pointId, against, volumeId, path }, signal),
    }),
    `${about}\n${against}`,
  )
  const changes = compared.answer?.about === about ? compared.answer.changes : undefined
  const rows = useMemo(
    () => rowsOf(pages.items, { pointId, against, changes }),
    [pages.items, pointId, against, changes],
  )
  const state = compared.failure !== undefined ? 'failed' : changes === undefined ? 'asking' : 'known'
  return { rows, pages, comparison: other === undefined ? undefined : { ...other, state } }
}

function otherPoint(pointId: string, points: readonly Point[]): Pick<Comparison, 'against' | 'side'> | undefined {
  const [newest] = points
  if (newest === undefined) return undefined
  if (newest.id !== pointId) return { against: newest, side: 'since' }
  const before = points[1]
  return before === undefined ? undefined : { against: before, side: 'before' }
}
