import { useEffect, useRef, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'

export type Task = {
  readonly busy: boolean
  readonly failure: WireFailure | undefined
  /** Runs `work` unless one is under way; what it throws becomes `failure`. */
  start(work: (signal: AbortSignal) => Promise<void>): void
}

/** One piece of work of a dialog. It is aborted when the part that started it goes away. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<WireFailure>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run(work: (signal: AbortSignal) => Promise<void>, { signal }: AbortController): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    try {
      await work(signal)
    } catch (thrown) {
      if (!signal.aborted) setFailure(toWire(thrown))
    } finally {
      running.current = undefined
      setBusy(false)
    }
  }

  return {
    busy,
    failure,
    start(work) {
      if (running.current !== undefined) return
      running.current = new AbortController()
      void run(work, running.current)
    },
  }
}
