import type { Notice } from './notices.ts'
import type { Overview } from './overview.ts'
import { shownName } from './shown-name.ts'
import type { Texts } from './text.ts'

const shownMachines = 3

export type Words = { readonly title: string; readonly body: string }

export function noticeWords(notice: Notice, { counts }: Overview, quietDays: number, words: Texts): Words {
  if (notice.kind === 'light') {
    const body = notice.light === 'engine-dead' ? words.deadAdvice : words.counts(counts)
    return { title: words.lights[notice.light], body }
  }
  const names = notice.machines.slice(0, shownMachines).map(({ name }) => shownName(name))
  return { title: words.quiet(quietDays), body: words.names(names, notice.machines.length - names.length) }
}
