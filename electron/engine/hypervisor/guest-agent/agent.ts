import * as z from 'zod/mini'
import { Failure } from '../../../../shared/failure.ts'

/**
 * Asks a guest's agent (QEMU guest agent protocol, qemu.org "qemu-ga-ref") and answers what its reply returns. Fails with
 * `guest-refused` and the agent's own words.
 */
export type AskAgent = (
  command: string,
  parameters: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<unknown>

/** What an agent says is the guest's word: it is checked like everything from there. */
export function parseReply<T extends z.ZodMiniType>(schema: T, reply: unknown): z.infer<T> {
  const parsed = schema.safeParse(reply)
  if (parsed.success) return parsed.data
  throw new Failure('guest-refused', `The guest's agent answers what is none: ${JSON.stringify(reply)?.slice(0, 200)}`)
}

const info = z.object({ supported_commands: z.array(z.object({ name: z.string(), enabled: z.boolean() })) })

/** Commands that this agent takes; administrators switch off those that they do not want. */
export async function readCommands(ask: AskAgent, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { supported_commands } = parseReply(info, await ask('guest-info', {}, signal))
  return new Set(supported_commands.filter(({ enabled }) => enabled).map(({ name }) => name))
}

/** A path as the agent's JSON can tell it. */
export function needTellable(path: string): string {
  if (path.isWellFormed() && !path.includes('\0')) return path
  throw new Failure('invalid-argument', `${JSON.stringify(path)} cannot be told to a guest's agent`)
}
