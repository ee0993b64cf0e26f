import { Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeySlot, Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { StateMark } from '../parts/state.tsx'
import { type KeyAct, KeyDialog, keyActs } from './key-dialogs.tsx'
import { RemoveKeyDialog } from './remove-key-dialog.tsx'
import { Section } from './repository-section.tsx'
import { useAnswer } from './use-answer.ts'

/** Enough of a slot's id to tell it from the others, here and in a log. */
const markLength = 8

/** Ways to open the repository: which there are, and how to have more, others, or fewer. */
export function RepositoryKeys({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const [act, setAct] = useState<KeyAct>()
  const [removing, setRemoving] = useState<KeySlot>()
  const { id, epoch = 1 } = repository
  const { answer, failure, ask } = useAnswer((signal) => calls.listSlots({ repositoryId: id }, signal), id)
  const finish = (): void => {
    setAct(undefined)
    setRemoving(undefined)
    ask()
  }
  return (
    <Section title={t('upkeep.keys')}>
      <Text fz="xs" c="dimmed">
        {t('upkeep.keysText')}
      </Text>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {answer === undefined && failure === undefined ? <Loading /> : undefined}
      {answer === undefined ? undefined : <Slots slots={answer} onRemove={setRemoving} />}
      <dl className="facts">
        <dt>{t('upkeep.epochNow')}</dt>
        <dd>{t('upkeep.epochCount', { count: epoch })}</dd>
      </dl>
      <Group gap="xs">
        {keyActs.map((each) => (
          <Button key={each} size="compact-sm" variant="default" onClick={() => setAct(each)}>
            {t(`upkeep.${each}`)}
          </Button>
        ))}
      </Group>
      {act === undefined ? undefined : <KeyDialog act={act} repository={repository} onClose={finish} />}
      {removing === undefined ? undefined : (
        <RemoveKeyDialog repository={repository} slot={removing} onClose={finish} />
      )}
    </Section>
  )
}

type SlotsProps = { readonly slots: readonly KeySlot[]; readonly onRemove: (slot: KeySlot) => void }

function Slots({ slots, onRemove }: SlotsProps): ReactNode {
  const { t } = useTranslation()
  return (
    <div className="pane-table">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('upkeep.kind')}</Table.Th>
            <Table.Th>{t('upkeep.slot')}</Table.Th>
            <Table.Th>{t('repositories.state')}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {slots.map((slot) => (
            <Table.Tr key={slot.id}>
              <Table.Td>{t(`upkeep.keyKinds.${slot.kind}`)}</Table.Td>
              <Table.Td className="code">{markOf(slot)}</Table.Td>
              <Table.Td>
                <StateMark
                  tone={slot.damaged ? 'bad' : 'good'}
                  word={slot.damaged ? t('upkeep.damagedKey') : t('upkeep.wholeKey')}
                />
              </Table.Td>
              <Table.Td>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('upkeep.removeKeyNamed', {
                    kind: t(`upkeep.keyKinds.${slot.kind}`),
                    mark: markOf(slot),
                  })}
                  onClick={() => onRemove(slot)}
                >
                  {t('upkeep.removeKey')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function markOf({ id }: KeySlot): string {
  return id.slice(0, markLength)
}
