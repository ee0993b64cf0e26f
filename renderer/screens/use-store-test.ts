import { useEffect, useState } from 'react'
import type { Result } from '../../shared/contract.ts'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import { useConsole } from '../parts/console-context.tsx'

/** Long enough that not every letter of a typed path asks. */
const settleMs = 300

export type StoreTest = {
  readonly folder: string
  readonly found?: Result<'testStore'>
  readonly failure?: WireFailure
}

/** What lies in the folder that is being chosen; nothing while it is not known, or no folder is named. */
export function useStoreTest(folder: string): StoreTest | undefined {
  const { calls } = useConsole()
  const [known, setKnown] = useState<StoreTest>()
  useEffect(() => {
    if (folder === '') return
    const leaving = new AbortController()
    const ask = (): void => {
      calls.testStore({ address: { kind: 'folder', folder } }, leaving.signal).then(
        (found) => setKnown({ folder, found }),
        (thrown: unknown) => leaving.signal.aborted || setKnown({ folder, failure: toWire(thrown) }),
      )
    }
    const timer = setTimeout(ask, settleMs)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [calls, folder])
  return known?.folder === folder ? known : undefined
}
