import { useEffect, useState } from 'react'
import type { Proof } from '../../shared/history.ts'
import { useConsole } from '../parts/console-context.tsx'

const none: readonly Proof[] = []

/** What shows that the points of a machine can be relied on; asked for once, and nothing while it is not known. */
export function useProofs(machineId: string): readonly Proof[] {
  const { calls } = useConsole()
  const [known, setKnown] = useState<{ readonly machineId: string; readonly proofs: readonly Proof[] }>()
  useEffect(() => {
    const leaving = new AbortController()
    calls.listProofs({ machineId }, leaving.signal).then(
      (proofs) => setKnown({ machineId, proofs }),
      () => undefined,
    )
    return () => leaving.abort()
  }, [calls, machineId])
  return known?.machineId === machineId ? known.proofs : none
}
