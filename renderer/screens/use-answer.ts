import { useCallback, useEffect, useRef, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'

export type Answer<T> = {
  readonly answer: T | undefined
  readonly failure: WireFailure | undefined
  /** Asks once more; the answer of before stays until the new one is there. */
  readonly ask: () => void
}

/** What the engine answers to one question, asked when the part appears and whenever `about` becomes another. */
export function useAnswer<T>(question: (signal: AbortSignal) => Promise<T>, about: string): Answer<T> {
  const [state, setState] = useState<{ readonly about: string; readonly answer?: T; readonly failure?: WireFailure }>()
  const [times, setTimes] = useState(0)
  const latest = useRef(question)
  useEffect(() => {
    latest.current = question
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: being asked once more is no argument, but a reason
  useEffect(() => {
    const leaving = new AbortController()
    latest.current(leaving.signal).then(
      (answer) => leaving.signal.aborted || setState({ about, answer }),
      (thrown: unknown) => leaving.signal.aborted || setState({ about, failure: toWire(thrown) }),
    )
    return () => leaving.abort()
  }, [about, times])
  const ask = useCallback(() => setTimes((before) => before + 1), [])
  return { answer: state?.answer, failure: state?.failure, ask }
}
