import * as z from 'zod/mini'
import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import { type AskAgent, parseReply } from './agent.ts'

/** A script of ours and words that it finds as `$1`, `$2`, …: words are never part of a script. */
export type RunScript = (script: string, words: readonly string[], signal: AbortSignal) => Promise<Ended>

type Ended = { readonly exitCode: number; readonly said: string }

const started = z.object({ pid: z.number() })
const status = z.object({
  exited: z.boolean(),
  exitcode: z.optional(z.number()),
  'err-data': z.optional(z.string()),
})

const firstWaitMs = 5
const longestWaitMs = 200
const limitMs = 60_000

/** Runs scripts in the guest's `/bin/sh`. The agent tells of an end only when it is asked again. */
export function shellOf(ask: AskAgent, clock: Clock): RunScript {
  return async (script, words, signal) => {
    const arg = ['-c', script, 'sh', ...words]
    const { pid } = parseReply(
      started,
      await ask('guest-exec', { path: '/bin/sh', arg, 'capture-output': true }, signal),
    )
    const until = clock.elapsed() + limitMs
    for (let waitMs = firstWaitMs; clock.elapsed() < until; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      const now = parseReply(status, await ask('guest-exec-status', { pid }, signal))
      // Without an exit code a signal ended it.
      if (now.exited) return { exitCode: now.exitcode ?? -1, said: textOf(now['err-data']) }
      await clock.sleep(waitMs, signal)
    }
    throw new Failure('guest-refused', 'A program that the guest was asked to run does not end')
  }
}

function textOf(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64')
    .toString()
    .trim()
}
