import { type RefObject, useEffect, useRef, useState } from 'react'

type Slice = { readonly first: number; readonly last: number }

/** Shorter lists are drawn whole, so that the browser's own search finds everything. */
const wholeUpTo = 150
const spareRows = 12

/**
 * Which of `count` rows of `rowPx` each are worth drawing now, with some to spare: those in view of the screen's content.
 * `body` goes on the element that holds the rows; the caller fills the room of the others.
 */
export function useRowWindow(
  count: number,
  rowPx: number,
): Slice & { readonly body: RefObject<HTMLTableSectionElement | null> } {
  const body = useRef<HTMLTableSectionElement>(null)
  const [slice, setSlice] = useState<Slice>({ first: 0, last: wholeUpTo })
  useEffect(() => {
    const content = body.current?.closest('main')
    if (count <= wholeUpTo || !content) return
    const update = (): void => {
      const above = content.getBoundingClientRect().top - (body.current?.getBoundingClientRect().top ?? 0)
      const first = Math.max(0, Math.floor(above / rowPx) - spareRows)
      setSlice({ first, last: first + Math.ceil(content.clientHeight / rowPx) + 2 * spareRows })
    }
    update()
    content.addEventListener('scroll', update, { passive: true })
    addEventListener('resize', update)
    return () => {
      content.removeEventListener('scroll', update)
      removeEventListener('resize', update)
    }
  }, [count, rowPx])
  if (count <= wholeUpTo) return { body, first: 0, last: count }
  return { body, first: Math.min(slice.first, count), last: Math.min(slice.last, count) }
}
