/** In the system's own screen coordinates, which go over all displays. */
export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Where the window stood when it was closed; the rectangle is that of the window when it is not maximised. */
export type Place = { readonly bounds: Rectangle; readonly isMaximized: boolean }

export const smallest = { width: 900, height: 560 } as const
const usual = { width: 1280, height: 820 } as const

/** As much of the title bar has to be on a display, so that a hand can take it. */
const gripWidth = 120
const gripHeight = 30

export type Opening = {
  readonly width: number
  readonly height: number
  readonly x?: number
  readonly y?: number
  readonly isMaximized: boolean
}

/**
 * Where to open the window: where it stood, if what was kept makes sense and a display is still there, else in the usual
 * size where the system likes. `workAreas` are those of the displays.
 */
export function openingOf(kept: unknown, workAreas: readonly Rectangle[]): Opening {
  if (!isPlace(kept)) return { ...usual, isMaximized: false }
  const area = workAreas.find((each) => canBeTaken(kept.bounds, each))
  if (area === undefined) return { ...usual, isMaximized: kept.isMaximized }
  const width = Math.max(smallest.width, Math.min(kept.bounds.width, area.width))
  const height = Math.max(smallest.height, Math.min(kept.bounds.height, area.height))
  return { x: kept.bounds.x, y: kept.bounds.y, width, height, isMaximized: kept.isMaximized }
}

function canBeTaken(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  const isTopVisible = bounds.y >= area.y && bounds.y + gripHeight <= area.y + area.height
  return isTopVisible && width >= gripWidth
}

function isPlace(value: unknown): value is Place {
  const { bounds, isMaximized } = fieldsOf(value)
  const { x, y, width, height } = fieldsOf(bounds)
  return typeof isMaximized === 'boolean' && [x, y, width, height].every(Number.isSafeInteger)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
