import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

/** Tells whether the engine that wrote its name is still there. */
export type IsAlive = (owner: string) => boolean

/**
 * Folders of the console's own, from which a window drags files on: `shelf/<engine>/<run>` in its home, for its owner alone. They
 * go when the engine ends; what one left that died goes when the next begins.
 */
export class Shelf implements AsyncDisposable {
  readonly #folder: string
  readonly #tidying: Promise<void>

  constructor(home: string, owner: string, isAlive: IsAlive) {
    const top = path.join(home, 'shelf')
    this.#folder = path.join(top, nameOf(owner))
    this.#tidying = removeLeftovers(top, isAlive)
  }

  /** The path of a folder that is not there yet. */
  newFolder(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    return path.join(this.#folder, randomBytes(8).toString('hex'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tidying
    await remove(this.#folder)
  }
}

/** What cannot be removed now is tried again by the next engine. */
async function removeLeftovers(top: string, isAlive: IsAlive): Promise<void> {
  for (const name of listed(top)) {
    if (!isAlive(ownerOf(name))) await remove(path.join(top, name)).catch(() => undefined)
  }
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function nameOf(owner: string): string {
  return Buffer.from(owner).toString('base64url')
}

function ownerOf(name: string): string {
  return Buffer.from(name, 'base64url').toString()
}
