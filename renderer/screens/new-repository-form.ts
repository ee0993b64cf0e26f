import { useEffect, useState } from 'react'
import { addressText, type StoreAddress } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { useTask } from '../parts/use-task.ts'
import { useLockForm } from './lock-rule-fields.tsx'
import type { Tested } from './store-test.tsx'
import { useStoreDraft } from './use-store-draft.ts'

/** A name that says what the folder is for; it is made beside the person's own folders unless another one is chosen. */
const ownFolder = 'stillpoint-repository'

/** A repository while its place and its passphrase are being chosen. What was tested is forgotten when the folder changes. */
export function useNewRepository() {
  const { calls, repositories } = useConsole()
  const testing = useTask()
  const creating = useTask()
  const store = useStoreDraft()
  const bucket = store.draft.kind === 's3' ? store.draft.bucket.trim() : ''
  const lock = useLockForm(bucket)
  const [isTyped, setTyped] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [tested, setTested] = useState<Tested>()
  const [made, setMade] = useState<{ readonly words: string; readonly address: string }>()
  const suggestion = useSuggestion()
  const isBucket = store.draft.kind === 's3'
  const folder = isTyped ? store.draft.folder : (suggestion ?? '')
  const address = isBucket ? store.address : folderAddress(folder)
  const { credentials } = store
  return {
    store,
    lock,
    bucket,
    folder,
    isBucket,
    /** What is typed before it is known would be mixed with it. */
    isSuggesting: !isTyped && suggestion === undefined,
    address,
    passphrase,
    again,
    tested,
    made,
    testing,
    creating,
    setPassphrase,
    setAgain,
    setFolder(text: string) {
      store.change({ folder: text })
      setTyped(true)
      setTested(undefined)
    },
    isReady:
      address !== undefined &&
      (!isBucket || (credentials !== undefined && lock.isReady)) &&
      passphrase !== '' &&
      passphrase === again,
    test: () =>
      testing.start(async (signal) => {
        setTested(undefined)
        if (address !== undefined) setTested(await calls.testStore({ address }, signal))
      }),
    create: () =>
      creating.start(async (signal) => {
        if (address === undefined) return
        const account = credentials === undefined ? {} : { credentials }
        const rule = lock.rule === undefined ? {} : { lock: lock.rule }
        const s3 = isBucket ? { ...account, ...rule } : {}
        const { recoveryWords } = await calls.createRepository({ address, passphrase, ...s3 }, signal)
        setMade({ words: recoveryWords, address: addressText(address) })
        setPassphrase('')
        setAgain('')
        void repositories.refresh()
      }),
  }
}

function folderAddress(typed: string): StoreAddress | undefined {
  const folder = typed.trim()
  return folder === '' ? undefined : { kind: 'folder', folder }
}

export type NewRepository = ReturnType<typeof useNewRepository>

/** Where a person would look first on the machine on which the engine runs; empty where none is known, undefined until then. */
function useSuggestion(): string | undefined {
  const { calls } = useConsole()
  const [suggestion, setSuggestion] = useState<string>()
  useEffect(() => {
    const abort = new AbortController()
    void calls.listFolders({}, abort.signal).then(
      ({ folder }) => setSuggestion(within(folder)),
      () => setSuggestion(''),
    )
    return () => abort.abort()
  }, [calls])
  return suggestion
}

function within(home: string): string {
  const separator = home.includes('\\') ? '\\' : '/'
  return home.endsWith(separator) ? `${home}${ownFolder}` : `${home}${separator}${ownFolder}`
}
