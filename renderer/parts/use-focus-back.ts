import { useEffect, useState } from 'react'

/** Gives the focus back to where it was before this part appeared, when it goes: dialogs are taken away, not hidden. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus()
    },
    [before],
  )
}
