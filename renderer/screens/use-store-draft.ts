import { useMemo, useState } from 'react'
import type { Credentials, StoreAddress } from '../../shared/repository.ts'
import { addressOf, credentialsOf, draftOfAddress, type S3Field, type StoreDraft, wrongFields } from './store-draft.ts'

/** A place for a repository while a person names it. */
export type StoreForm = {
  readonly draft: StoreDraft
  readonly change: (part: Partial<StoreDraft>) => void
  /** Undefined while it is not complete. */
  readonly address: StoreAddress | undefined
  /** Of a bucket, when they are typed. */
  readonly credentials: Credentials | undefined
  readonly wrong: ReadonlySet<S3Field>
  /** Changes with everything that a test of the place depends on. */
  readonly key: string
}

export function useStoreDraft(known?: StoreAddress): StoreForm {
  const [draft, setDraft] = useState(() => draftOfAddress(known))
  return useMemo(() => {
    const address = addressOf(draft)
    const credentials = draft.kind === 's3' ? credentialsOf(draft) : undefined
    return {
      draft,
      change: (part) => setDraft((before) => ({ ...before, ...part })),
      address,
      credentials,
      wrong: wrongFields(draft),
      key: JSON.stringify([address, credentials]),
    }
  }, [draft])
}
