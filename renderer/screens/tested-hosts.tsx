import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import type { Host } from '../../shared/machine.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { HostState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { Good } from './host-fields.tsx'

/** Hosts that are known already, each with a test that connects anew. */
export function TestedHosts({ hosts }: { readonly hosts: readonly Host[] }): ReactNode {
  return (
    <ul className="plain-rows">
      {hosts.map((host) => (
        <li key={host.id} className="wrapping">
          <HostState state={host.state} />
          <Text span fz="sm" fw={600} miw={0} style={{ flex: 1 }}>
            <Name text={host.name} />
          </Text>
          <HostTest host={host} />
        </li>
      ))}
    </ul>
  )
}

/** A button, and below it what the test said: how many machines answer, or why none does. */
export function HostTest({ host }: { readonly host: Host }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [tested, setTested] = useState<Result<'testHost'>>()
  const test = (): void =>
    task.start(async (signal) => {
      setTested(undefined)
      setTested(await calls.testHost({ address: host.address }, signal))
    })
  return (
    <>
      <Button
        variant="default"
        loading={task.busy}
        aria-label={t('start.testNamed', { name: visible(host.name) })}
        onClick={test}
      >
        {t('start.test')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      {tested === undefined ? undefined : (
        <Good text={t('start.hostAnswers', { name: visible(tested.name), count: tested.machines })} />
      )}
    </>
  )
}
