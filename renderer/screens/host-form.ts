import { useState } from 'react'
import type { Result } from '../../shared/contract.ts'
import type { HostAddress } from '../../shared/machine.ts'
import { useConsole } from '../parts/console-context.tsx'
import { type Task, useTask } from '../parts/use-task.ts'

export type HostKind = HostAddress['kind']

export type HostForm = {
  readonly kind: HostKind
  readonly text: string
  /** Undefined while nothing is typed. */
  readonly address: HostAddress | undefined
  readonly tested: Result<'testHost'> | undefined
  readonly testing: Task
  readonly adding: Task
  setKind(kind: HostKind): void
  setText(text: string): void
  test(): void
  add(): void
}

const firstTexts: Readonly<Record<HostKind, string>> = { libvirt: 'qemu:///system', images: '' }

/** The address of a host while it is being typed, tested and added. What was tested is forgotten when it is changed. */
export function useHostForm(first: HostKind, onAdded: () => void): HostForm {
  const { calls, hosts, machines } = useConsole()
  const testing = useTask()
  const adding = useTask()
  const [kind, setKind] = useState<HostKind>(first)
  const [texts, setTexts] = useState(firstTexts)
  const [tested, setTested] = useState<Result<'testHost'>>()
  const text = texts[kind]
  const address = addressOf(kind, text.trim())
  return {
    kind,
    text,
    address,
    tested,
    testing,
    adding,
    setKind(chosen) {
      setKind(chosen)
      setTested(undefined)
    },
    setText(typed) {
      setTexts({ ...texts, [kind]: typed })
      setTested(undefined)
    },
    test: () =>
      testing.start(async (signal) => {
        setTested(undefined)
        if (address !== undefined) setTested(await calls.testHost({ address }, signal))
      }),
    add: () =>
      adding.start(async (signal) => {
        if (address === undefined) return
        await calls.addHost({ address }, signal)
        await Promise.all([hosts.refresh(), machines.refresh()])
        onAdded()
      }),
  }
}

function addressOf(kind: HostKind, text: string): HostAddress | undefined {
  if (text === '') return undefined
  return kind === 'libvirt' ? { kind, uri: text } : { kind, folder: text }
}
