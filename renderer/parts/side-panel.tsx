import { ActionIcon, Title } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Details of what is chosen, beside the list in which it was chosen; Escape closes it. Stands in a `.beside`. */
export function SidePanel(props: Props): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) props.onClose()
  }
  return (
    <aside className="side" aria-labelledby={id} onKeyDown={press}>
      <div className="panel-head">
        <Title order={2} id={id} fz="md" className="side-title">
          {props.title}
        </Title>
        <ActionIcon aria-label={t('common.close')} onClick={props.onClose}>
          <IconX size={16} aria-hidden="true" />
        </ActionIcon>
      </div>
      <div className="side-body">{props.children}</div>
    </aside>
  )
}
