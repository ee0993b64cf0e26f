/**
 * Starts up to `width` pieces of work before their results are asked for, and gives the results in order. Leaving early
 * waits for nothing; what is under way ends unheard.
 */
export async function* readAhead<T>(work: Iterable<() => Promise<T>>, width: number): AsyncGenerator<T> {
  const underWay: Promise<T>[] = []
  for (const start of work) {
    const one = start()
    // Its failure is thrown in its turn below; until then nobody else may call it unhandled.
    one.catch(() => undefined)
    underWay.push(one)
    if (underWay.length < width) continue
    const first = underWay.shift()
    if (first !== undefined) yield await first
  }
  for (const one of underWay) yield await one
}
