import { Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from './failure-note.tsx'
import { useFocusBack } from './use-focus-back.ts'
import type { Task } from './use-task.ts'

type Props = {
  readonly title: ReactNode
  readonly task: Task
  readonly submit: string
  readonly canSubmit: boolean
  readonly danger?: boolean
  /** A further button, before the one that cancels. */
  readonly extra?: ReactNode
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A form in a modal: Enter submits, Escape closes, a failure stands above the buttons and the form stays as it was typed. */
export function Dialog(props: Props): ReactNode {
  const { t } = useTranslation()
  const { task } = props
  useFocusBack()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (props.canSubmit) props.onSubmit()
  }
  return (
    <Modal opened onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form onSubmit={submit} autoComplete="off">
        <Stack gap="md">
          {props.children}
          {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
          <Group justify="flex-end" gap="xs">
            {props.extra === undefined ? undefined : <div style={{ marginRight: 'auto' }}>{props.extra}</div>}
            <Button variant="default" onClick={props.onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={task.busy}
              disabled={!props.canSubmit}
              color={props.danger ? 'red' : 'indigo'}
            >
              {props.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
