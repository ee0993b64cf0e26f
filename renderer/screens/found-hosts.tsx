import { Button, Group, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { StateMark } from '../parts/state.tsx'
import { type Task, useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'

type Found = Result<'findHosts'>[number]

/** Hosts on this machine that answered just now, each one click away. */
export function FoundHosts({ onAdded }: { readonly onAdded: () => void }): ReactNode {
  const { t } = useTranslation()
  const { found, looking, look } = useFound()
  const adding = useTask()
  const failure = adding.failure ?? looking.failure
  return (
    <section aria-label={t('start.found')}>
      <Group gap="xs" mb={6}>
        <Text fz="sm" fw={600}>
          {t('start.found')}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconRefresh size={14} aria-hidden="true" />}
          loading={looking.busy}
          onClick={look}
        >
          {t('start.lookAgain')}
        </Button>
      </Group>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {found?.length === 0 || found === undefined ? (
        <Text fz="sm" c="dimmed">
          {found === undefined && looking.failure === undefined ? t('start.looking') : t('start.foundNone')}
        </Text>
      ) : (
        <ul className="plain-rows">
          {found.map((each) => (
            <FoundRow key={JSON.stringify(each.address)} found={each} adding={adding} onAdded={onAdded} />
          ))}
        </ul>
      )}
    </section>
  )
}

function useFound() {
  const { calls } = useConsole()
  const looking = useTask()
  const [found, setFound] = useState<readonly Found[]>()
  const asked = useRef(false)
  const look = (): void => looking.start(async (signal) => setFound(await calls.findHosts(null, signal)))
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    look()
  })
  return { found, looking, look }
}

type RowProps = { readonly found: Found; readonly adding: Task; readonly onAdded: () => void }

function FoundRow({ found, adding, onAdded }: RowProps): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const { address, name } = found
  const add = (): void =>
    adding.start(async (signal) => {
      await calls.addHost({ address }, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      onAdded()
    })
  return (
    <li>
      <StateMark tone="good" word={t('start.hostAnswers', { name: visible(name), count: found.machines })} />
      <Text span fz="sm" c="dimmed" miw={0} style={{ flex: 1 }}>
        <Name text={address.kind === 'libvirt' ? address.uri : address.folder} />
      </Text>
      <Button aria-label={t('start.addNamed', { name: visible(name) })} loading={adding.busy} onClick={add}>
        {t('start.add')}
      </Button>
    </li>
  )
}
