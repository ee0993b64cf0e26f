const pageRows = 10

/** Where a key of the keyboard leads in a list of `count` rows; undefined for a key that leads nowhere, or with no rows. */
export function stepIn(count: number, at: number, key: string): number | undefined {
  if (count === 0) return undefined
  const last = count - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, last)
    case 'ArrowUp':
      return Math.max(at - 1, 0)
    case 'PageDown':
      return Math.min(at + pageRows, last)
    case 'PageUp':
      return Math.max(at - pageRows, 0)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}
