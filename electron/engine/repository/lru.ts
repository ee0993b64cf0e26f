/**
 * Values that are being made or were made lately, at most `limit` of them. Several callers share one making; a making that
 * failed is forgotten, so that the next caller tries again.
 */
export class Lru<K, V> {
  readonly #limit: number
  readonly #values = new Map<K, Promise<V>>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): Promise<V> | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) this.#refresh(key, value)
    return value
  }

  set(key: K, value: Promise<V>): void {
    this.#refresh(key, value)
    value.catch(() => {
      if (this.#values.get(key) === value) this.#values.delete(key)
    })
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#limit) return
      this.#values.delete(oldest)
    }
  }

  clear(): void {
    this.#values.clear()
  }

  #refresh(key: K, value: Promise<V>): void {
    this.#values.delete(key)
    this.#values.set(key, value)
  }
}
