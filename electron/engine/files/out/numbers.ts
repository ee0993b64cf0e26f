/** Names that were taken in one folder: which number to try next. Holds something only for names that met themselves. */
export class Numbers {
  readonly #next = new Map<string, number>()

  next(name: string): number {
    return this.#next.get(name.toLowerCase()) ?? 1
  }

  tried(name: string, count: number): void {
    this.#next.set(name.toLowerCase(), count + 1)
  }
}
