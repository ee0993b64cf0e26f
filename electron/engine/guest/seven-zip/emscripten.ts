import type { SevenZipModule, SevenZipModuleFactory } from '7z-wasm'
import factory from '7z-wasm'
import { type Imports, type Instance, type Program, webAssembly } from './web-assembly.ts'

/** The parts of Emscripten's file system that the package's own types leave out. */

export type Stream = { position: number; stream_ops: StreamOperations }

export type StreamOperations = {
  read(stream: Stream, into: Int8Array, at: number, lengthBytes: number, position: number): number
  write(stream: Stream, from: Int8Array, at: number, lengthBytes: number): number
  llseek(stream: Stream, offset: number, whence: number): number
}

type Attributes = Readonly<Record<string, unknown>>

type Node = { stream_ops: StreamOperations; node_ops: { getattr(node: Node): Attributes } }

type Files = {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): Node
  getStream(descriptor: number): Stream
  writeFile(path: string, text: string): void
  readonly ErrnoError: new (errno: number) => Error
}

export type Emscripten = Omit<SevenZipModule, 'FS' | 'callMain'> & {
  readonly FS: Files
  callMain(args: string[]): number
}

type Hooks = {
  stdout(code: number): void
  stderr(code: number): void
  instantiateWasm(imports: Imports, done: (instance: Instance, program: Program) => void): object
  quit(code: number, exit: Error): never
}

export const ioError = 29

const pageBytes = 65_536

/**
 * A new instance of 7-Zip: each run has its own, so that nothing of one is left for the next. It knows no time zone (what it tells
 * is UTC), no file of this computer, and gets no more memory than `mostBytes`.
 */
export async function instantiate(
  program: Program,
  mostBytes: number,
  onError: (code: number) => void,
): Promise<Emscripten> {
  const hooks: Hooks = {
    stdout() {},
    stderr: onError,
    instantiateWasm(imports, done) {
      const instance = new webAssembly.Instance(program, withoutZone(imports))
      boundMemory(instance, mostBytes)
      done(instance, program)
      return {}
    },
    quit(_, exit) {
      throw exit
    },
  }
  // The package's types are those of a module whose default it is; Node loads the other one, which it is itself.
  const make = factory as unknown as SevenZipModuleFactory
  return (await make(hooks)) as unknown as Emscripten
}

function withoutZone(imports: Imports): Imports {
  const env = imports['env'] ?? {}
  const inUtc = env['_gmtime_js']
  if (inUtc === undefined) throw new Error('This build of 7-Zip asks for time in another way')
  return { ...imports, env: { ...env, _localtime_js: inUtc, _tzset_js() {} } }
}

/** Emscripten grows the memory by this method alone, and takes what it throws for the end of memory. */
function boundMemory({ exports }: Instance, mostBytes: number): void {
  const { memory } = exports
  if (!(memory instanceof webAssembly.Memory)) throw new Error('This build of 7-Zip keeps its memory elsewhere')
  const grow = memory.grow.bind(memory)
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * pageBytes > mostBytes) throw new RangeError('enough memory')
    return grow(pages)
  }
}
