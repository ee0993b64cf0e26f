import { stepIn } from './list-step.ts'

/** Which rows are chosen, and the row that the keyboard is at. */
export type Choice = {
  readonly chosen: ReadonlySet<string>
  readonly active: string | undefined
  /** Where an extension by Shift began. */
  readonly anchor: string | undefined
}

export const nothingChosen: Choice = { chosen: new Set(), active: undefined, anchor: undefined }

/** Puts a row in or out and makes it the one that an extension starts from. */
export function toggle(choice: Choice, key: string): Choice {
  const chosen = new Set(choice.chosen)
  if (!chosen.delete(key)) chosen.add(key)
  return { chosen, active: key, anchor: key }
}

/** Chooses everything between the anchor and `key`, beside what was chosen already. */
export function extend(choice: Choice, key: string, keys: readonly string[]): Choice {
  const anchor = choice.anchor ?? choice.active ?? key
  const ends = [keys.indexOf(anchor), keys.indexOf(key)].sort((a, b) => a - b)
  const between = keys.slice(Math.max(0, ends[0] ?? 0), (ends[1] ?? 0) + 1)
  return { chosen: new Set([...choice.chosen, ...between]), active: key, anchor }
}

/** All of `keys`, or none when all were chosen already. */
export function toggleAll(choice: Choice, keys: readonly string[]): Choice {
  const isAll = keys.length > 0 && keys.every((key) => choice.chosen.has(key))
  return { ...choice, chosen: isAll ? new Set() : new Set([...choice.chosen, ...keys]) }
}

export type Press = {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** What a key or a click comes to: another choice, or something for one row. */
export type Answer =
  | { readonly kind: 'choose'; readonly choice: Choice }
  | { readonly kind: 'open' | 'menu'; readonly key: string }

/** Undefined for a key that means nothing here. `keys` are the rows that are shown, in their order. */
export function pressed(choice: Choice, keys: readonly string[], press: Press): Answer | undefined {
  const { active } = choice
  const at = active === undefined ? -1 : keys.indexOf(active)
  const next = keys[stepIn(keys.length, at, press.key) ?? -1]
  if (next !== undefined) return chosen(press.shiftKey ? extend(choice, next, keys) : stand(choice, next))
  if (press.key.toLowerCase() === 'a' && hasCommand(press)) return chosen(toggleAll(choice, keys))
  if (press.key === 'Escape') return chosen({ ...choice, chosen: new Set() })
  return active === undefined || at === -1 ? undefined : pressedOn(choice, active, press)
}

function pressedOn(choice: Choice, active: string, press: Press): Answer | undefined {
  if (press.key === ' ') return chosen(toggle(choice, active))
  if (press.key === 'Enter') return { kind: 'open', key: active }
  const isMenu = press.key === 'ContextMenu' || (press.key === 'F10' && press.shiftKey)
  return isMenu ? { kind: 'menu', key: active } : undefined
}

/** `part` is what of the row was clicked: its tick, its menu, or neither. */
export function clicked(
  choice: Choice,
  keys: readonly string[],
  key: string,
  part: string | undefined,
  click: Omit<Press, 'key'>,
): Answer {
  if (part === 'menu') return { kind: 'menu', key }
  if (click.shiftKey) return chosen(extend(choice, key, keys))
  if (part === 'tick' || hasCommand(click)) return chosen(toggle(choice, key))
  return chosen(stand(choice, key))
}

/** At this row, and nothing else chosen or let go. */
export function stand(choice: Choice, key: string): Choice {
  return { ...choice, active: key, anchor: key }
}

function chosen(choice: Choice): Answer {
  return { kind: 'choose', choice }
}

function hasCommand({ ctrlKey, metaKey }: Omit<Press, 'key'>): boolean {
  return ctrlKey || metaKey
}
