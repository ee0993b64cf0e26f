const longest = 60

/**
 * A machine's name as menus and notifications of the system may show it. Names come from guests' hosts and may be hostile:
 * marks that turn text around or cannot be seen are made visible, what some systems take for markup is not, and an end is put.
 */
export function shownName(name: string): string {
  const visible = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
  const letters = [...visible]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : visible
}
