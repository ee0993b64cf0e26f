import { useEffect, useState } from 'react'
import { useConsole } from '../parts/console-context.tsx'
import { useTask } from '../parts/use-task.ts'
import type { Tested } from './store-test.tsx'

/** A name that says what the folder is for; it is made beside the person's own folders unless another one is chosen. */
const ownFolder = 'stillpoint-repository'

/** A repository while its folder and its passphrase are being chosen. What was tested is forgotten when the folder changes. */
export function useNewRepository() {
  const { calls, repositories } = useConsole()
  const testing = useTask()
  const creating = useTask()
  const [typed, setTyped] = useState<string>()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [tested, setTested] = useState<Tested>()
  const [words, setWords] = useState<string>()
  const suggestion = useSuggestion()
  const folder = typed ?? suggestion ?? ''
  const address = { kind: 'folder', folder: folder.trim() } as const
  return {
    folder,
    /** What is typed before it is known would be mixed with it. */
    isSuggesting: typed === undefined && suggestion === undefined,
    address,
    passphrase,
    again,
    tested,
    words,
    testing,
    creating,
    setPassphrase,
    setAgain,
    setFolder(text: string) {
      setTyped(text)
      setTested(undefined)
    },
    isReady: address.folder !== '' && passphrase !== '' && passphrase === again,
    test: () =>
      testing.start(async (signal) => {
        setTested(undefined)
        setTested(await calls.testStore({ address }, signal))
      }),
    create: () =>
      creating.start(async (signal) => {
        const made = await calls.createRepository({ address, passphrase }, signal)
        setWords(made.recoveryWords)
        setPassphrase('')
        setAgain('')
        void repositories.refresh()
      }),
  }
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
