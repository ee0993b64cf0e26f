import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** One run of a whole process: wall and CPU seconds as the shell's `time` tells them, peak memory of its largest process in MiB. */
export type Run = { readonly wallS: number; readonly cpuS: number; readonly peakMiB: number; readonly output: string }

export type Command = {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const pollMs = 25

/** Fails with the end of what the command said when it does not exit with 0. */
export async function measure(command: Command): Promise<Run> {
  const timed = ['-c', 'TIMEFORMAT=$\'\\n%R %U %S\'; time "$@"', 'bash', command.program, ...command.args]
  const child = spawn('bash', timed, {
    env: { ...process.env, ...command.env },
    cwd: command.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Buffer[] = []
  const told: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => said.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => told.push(bytes))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let peakKiB = 0
  let running = true
  const status = ended.finally(() => {
    running = false
  })
  while (running) {
    peakKiB = Math.max(peakKiB, ...below(child.pid ?? 0).map(peakOf))
    await Promise.race([status, delay(pollMs)])
  }
  const errors = Buffer.concat(told).toString()
  if ((await status) !== 0) throw new Error(`${command.program} ${command.args.join(' ')}: ${errors.slice(-2000)}`)
  const [wallS = 0, userS = 0, systemS = 0] = (errors.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { wallS, cpuS: userS + systemS, peakMiB: peakKiB / 1024, output: Buffer.concat(said).toString() }
}

function below(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
    return [...children, ...children.flatMap(below)]
  } catch {
    return []
  }
}

/** VmHWM only grows, so the last look before the end tells the peak. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}
