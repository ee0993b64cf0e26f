import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Failure } from '../../../../shared/failure.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import { orAborted } from '../../base/or-aborted.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { type NbdServer, serveNbd } from '../../disk/nbd/server.ts'

/** Its small machine starts in seconds, and in minutes where a busy host has to emulate it. */
const startMs = 240_000
const commandMs = 180_000
/** Of its machine: LUKS may want a gibibyte to try a passphrase (Argon2). */
const memoryMiB = '2048'
const outputLimitBytes = 16 * MiB
const tailLength = 4 * KiB
const stopMs = 10_000

/**
 * `guestfish` with one volume as its only disk, read-only, from our own NBD server. It reads commands from its standard input, one at
 * a time; behind each it writes a word that no guest can know, so that whatever stands before is that command's output. When we
 * die, its input ends and so does it.
 */
export class Guestfish implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #server: NbdServer
  readonly #word = randomBytes(24).toString('hex')
  /** As it comes out of `echo`. */
  readonly #mark = Buffer.from(`${this.#word}\n`)
  readonly #exited: Promise<unknown>
  #output = Buffer.alloc(0)
  #errors = ''
  #news = Promise.withResolvers<void>()
  #last: Promise<unknown> = Promise.resolve()
  #isOver = false

  private constructor(child: ChildProcessWithoutNullStreams, server: NbdServer) {
    this.#child = child
    this.#server = server
    this.#exited = once(child, 'close').then(() => this.#end())
    child.on('error', () => {})
    child.stdin.on('error', () => {})
    child.stderr.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString('utf8')).slice(-tailLength)
    })
    child.stdout.on('data', (bytes: Buffer) => {
      this.#output = Buffer.concat([this.#output, bytes])
      if (this.#output.length > outputLimitBytes) child.kill('SIGKILL')
      this.#news.resolve()
    })
  }

  /** Fails with `tool-missing`, and with `volume-unsupported` where libguestfs does not start. Owns nothing of `disk`. */
  static async start(disk: ReadableDisk, signal: AbortSignal): Promise<Guestfish> {
    await using made = new AsyncDisposableStack()
    const server = made.use(await serveNbd(new Map([['', disk]])))
    const args = ['--ro', '--keys-from-stdin', '--no-progress-bars', '--format=raw']
    const child = spawn('guestfish', [...args, '-a', `nbd://?socket=${server.socketPath}`], {
      env: environment(),
    })
    await once(child, 'spawn', { signal }).catch((thrown: unknown) => {
      child.kill()
      signal.throwIfAborted()
      throw new Failure('tool-missing', 'guestfish is not installed', { cause: thrown })
    })
    const guestfish = made.use(new Guestfish(child, server))
    await guestfish.#ask('run', startMs, signal).catch((thrown: unknown) => {
      if (!(thrown instanceof Failure) || signal.aborted) throw thrown
      throw new Failure('volume-unsupported', `libguestfs does not start here: ${thrown.message}`, { cause: thrown })
    })
    made.move()
    return guestfish
  }

  /**
   * What a command writes. One that fails writes nothing, which its caller must tell from success; with `needed` it ends everything and
   * fails with `file-system-damaged`. Texts from outside go through `quoted`.
   */
  ask(command: string, signal: AbortSignal, { needed = false } = {}): Promise<Buffer> {
    return this.#ask(needed ? command : `-${command}`, commandMs, signal)
  }

  /** The end of what it said of errors. */
  get errors(): string {
    return this.#errors.trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end()
    this.#child.kill('SIGTERM')
    const impatient = setTimeout(() => this.#child.kill('SIGKILL'), stopMs)
    await this.#exited
    clearTimeout(impatient)
    await this.#server[Symbol.asyncDispose]()
  }

  /** A caller that gives up leaves its command under way; the next one waits for that. */
  #ask(command: string, waitMs: number, signal: AbortSignal): Promise<Buffer> {
    const asking = this.#last.then(() => this.#carryOut(command, waitMs))
    this.#last = asking.catch(() => undefined)
    return orAborted(asking, signal)
  }

  async #carryOut(command: string, waitMs: number): Promise<Buffer> {
    if (this.#isOver) throw this.#ended()
    this.#child.stdin.write(`${command}\necho ${this.#word}\n`)
    const impatient = setTimeout(() => this.#child.kill('SIGKILL'), waitMs)
    try {
      return await this.#answer()
    } finally {
      clearTimeout(impatient)
    }
  }

  async #answer(): Promise<Buffer> {
    for (let answer = this.#taken(); ; answer = this.#taken()) {
      if (answer !== undefined) return answer
      if (this.#isOver) throw this.#ended()
      this.#news = Promise.withResolvers()
      await this.#news.promise
    }
  }

  /** All before the word, once that has come. */
  #taken(): Buffer | undefined {
    const end = this.#output.indexOf(this.#mark)
    if (end < 0) return undefined
    const taken = this.#output.subarray(0, end)
    this.#output = Buffer.alloc(0)
    return taken
  }

  #ended(): Failure {
    return new Failure('file-system-damaged', `guestfish ended: ${this.errors || 'it said nothing'}`)
  }

  #end(): void {
    this.#isOver = true
    this.#news.resolve()
  }
}

/** What an administrator set for libguestfs counts; else it runs QEMU itself, since a service would not reach our socket. */
function environment(): NodeJS.ProcessEnv {
  const set = Object.entries(process.env).filter(([name]) => name === 'PATH' || name.startsWith('LIBGUESTFS_'))
  return { LIBGUESTFS_BACKEND: 'direct', LIBGUESTFS_MEMSIZE: memoryMiB, ...Object.fromEntries(set), LANG: 'C.UTF-8' }
}

/** Any bytes as one parameter of a command: all that could mean something to guestfish is written as a number. */
export function quoted(bytes: Uint8Array): string {
  const plain = /^[A-Za-z0-9/._-]$/
  const letters = Array.from(bytes, (byte) => {
    const letter = String.fromCharCode(byte)
    return plain.test(letter) ? letter : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `"${letters.join('')}"`
}
