import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import path from 'node:path'
import { nameOf } from '../../electron/engine/repository/format/object.ts'

/** The objects of a repository that lies in a folder. Only reads. Failures are plain errors for the person who runs the script. */
export class ObjectFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Undefined when there is no such object. */
  read(name: string): Buffer | undefined {
    try {
      return readFileSync(path.join(this.#folder, name))
    } catch (thrown) {
      if (isMissing(thrown)) return undefined
      throw thrown
    }
  }

  /** An object whose name ends with the SHA-256 of its bytes. */
  readNamed(name: string): Buffer {
    const bytes = this.read(name)
    if (bytes === undefined) throw new Error(`${name} is missing`)
    if (!name.endsWith(nameOf(bytes))) throw new Error(`${name} is damaged: its bytes are not those of its name`)
    return bytes
  }

  readRange(name: string, offset: number, lengthBytes: number): Buffer {
    const file = openSync(path.join(this.#folder, name), 'r')
    try {
      const bytes = Buffer.alloc(lengthBytes)
      const read = readSync(file, bytes, 0, lengthBytes, offset)
      if (read < lengthBytes) throw new Error(`${name} is cut off`)
      return bytes
    } finally {
      closeSync(file)
    }
  }

  list(folder: string): readonly string[] {
    try {
      return readdirSync(path.join(this.#folder, folder)).map((name) => `${folder}/${name}`)
    } catch (thrown) {
      if (isMissing(thrown)) return []
      throw thrown
    }
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
