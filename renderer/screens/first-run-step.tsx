import { Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  readonly number: number
  readonly title: string
  readonly text: string
  readonly done: boolean
  readonly open: boolean
  readonly onToggle: () => void
  readonly children: ReactNode
}

/** One step: its head stays in sight, its body opens when it is its turn or when somebody wants to look again. */
export function Step(props: Props): ReactNode {
  const { t } = useTranslation()
  const Chevron = props.open ? IconChevronDown : IconChevronRight
  return (
    <li
      className="step"
      data-state={props.done ? 'done' : props.open ? 'next' : 'later'}
      {...(props.open ? { 'aria-current': 'step' } : {})}
    >
      <UnstyledButton className="step-head" aria-expanded={props.open} onClick={props.onToggle}>
        <span className="step-number">
          {props.done ? <IconCheck size={15} role="img" aria-label={t('start.done')} /> : props.number}
        </span>
        <span className="step-words">
          <Text span fw={600} fz="md" display="block">
            {props.title}
          </Text>
          <Text span c="dimmed" fz="sm" display="block">
            {props.text}
          </Text>
        </span>
        <Chevron size={17} aria-hidden="true" />
      </UnstyledButton>
      {props.open ? <div className="step-body">{props.children}</div> : undefined}
    </li>
  )
}
