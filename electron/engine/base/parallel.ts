/**
 * Runs `work` on every item, at most `limit` (or what it answers then) at once, in the order of the items. The first failure, also one of the items'
 * source, ends it: no further item is taken, and it is thrown once the work under way has ended.
 */
export async function forEachParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number | (() => number),
  work: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  try {
    for await (const item of items) {
      const one = work(item)
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => underWay.delete(one))
      underWay.add(one)
      while (underWay.size >= (typeof limit === 'number' ? limit : limit())) await Promise.race(underWay)
      if (failures.length > 0) break
    }
  } finally {
    await Promise.all(underWay)
  }
  if (failures.length > 0) throw failures[0]
}
