import { type Grammar, UsageError, type Words } from './grammar.ts'
import type { Session } from './session.ts'

/** What a command answers is printed as JSON, undefined not at all: then it has written bytes of its own. One that failed and still has something to tell answers both. */
export type Answer = { readonly value: unknown; readonly failure?: unknown }

export type Command = { readonly grammar: Grammar; run(session: Session, words: Words): Promise<Answer> }

/** Commands by their words. */
export type Commands = Readonly<Record<string, Command>>

export function choice<T extends string>(text: string, among: readonly T[], name: string): T {
  const found = among.find((each) => each === text)
  if (found === undefined) throw new UsageError(`--${name} is one of ${among.join(', ')}`)
  return found
}
