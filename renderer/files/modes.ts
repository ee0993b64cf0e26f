const classes = [6, 3, 0] as const

/** The lower twelve bits of a POSIX mode as `ls -l` writes them: `rwxr-sr-t`. */
export function modeText(mode: number): string {
  return classes
    .map((shift, at) => {
      const bits = mode >> shift
      const special = (mode & (0o4000 >> at)) !== 0
      const executes = (bits & 1) !== 0
      return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${lastLetter(executes, special, at === 2)}`
    })
    .join('')
}

function lastLetter(executes: boolean, special: boolean, sticky: boolean): string {
  if (!special) return executes ? 'x' : '-'
  const letter = sticky ? 't' : 's'
  return executes ? letter : letter.toUpperCase()
}

export function octalMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
