import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A mistake in the words typed; ends the program with 2. */
export class UsageError extends Error {}

/** `strings` may be given several times. */
type Options = Readonly<Record<string, 'string' | 'strings' | 'boolean'>>

/** The words after the program's name, checked against one command's grammar. */
export type Words = {
  /** Positionals in their order. */
  readonly rest: readonly string[]
  text(name: string): string | undefined
  /** In the order given. */
  texts(name: string): readonly string[]
  has(name: string): boolean
}

export type Grammar = {
  /** As shown to people, without the program's name. */
  readonly usage: string
  readonly options: Options
  /** How many words beside the options. */
  readonly positionals: number
  /** More of them may follow. */
  readonly hasMore?: true
  /** Exactly one of these, where there are any. */
  readonly oneOf?: readonly string[]
  /** Always needed. */
  readonly needed?: readonly string[]
  /** Option → the options of which it belongs to one. */
  readonly within?: Readonly<Record<string, readonly string[]>>
}

/** Everywhere: where the state lies. */
const everywhere: Options = { home: 'string' }

export function parseWords(grammar: Grammar, argv: readonly string[]): Words {
  const { values, positionals } = parse(grammar, argv)
  const given = new Set(Object.keys(values))
  const [problem] = [
    ...(positionals.length === grammar.positionals || (grammar.hasMore && positionals.length > grammar.positionals)
      ? []
      : [`${grammar.positionals} words are wanted beside the options`]),
    ...problemsOf(grammar, given),
    ...Object.entries(values).flatMap(([name, value]) => ([value].flat().includes('') ? [`--${name} is empty`] : [])),
  ]
  if (problem !== undefined) throw new UsageError(`${problem}\nusage: ${grammar.usage}`)
  return {
    rest: positionals,
    text: (name) => {
      const value = values[name]
      return typeof value === 'string' ? value : undefined
    },
    texts: (name) => [values[name] ?? []].flat().map(String),
    has: (name) => values[name] === true,
  }
}

function problemsOf({ oneOf = [], needed = [], within = {} }: Grammar, given: ReadonlySet<string>): readonly string[] {
  const chosen = oneOf.filter((name) => given.has(name)).length
  return [
    ...(oneOf.length === 0 || chosen === 1 ? [] : [`Exactly one of --${oneOf.join(', --')} is wanted`]),
    ...needed.filter((name) => !given.has(name)).map((name) => `--${name} is missing`),
    ...Object.entries(within).flatMap(([name, owners]) =>
      given.has(name) && !owners.some((owner) => given.has(owner))
        ? [`--${name} belongs to --${owners.join(' or --')}`]
        : [],
    ),
  ]
}

function parse(grammar: Grammar, argv: readonly string[]) {
  const entries = Object.entries({ ...everywhere, ...grammar.options }).map(([name, type]) => [name, optionOf(type)])
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(entries)
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true })
  } catch (thrown) {
    throw new UsageError(`${thrown instanceof Error ? thrown.message : String(thrown)}\nusage: ${grammar.usage}`)
  }
}

function optionOf(type: Options[string]): NonNullable<ParseArgsConfig['options']>[string] {
  return type === 'strings' ? { type: 'string', multiple: true } : { type }
}
