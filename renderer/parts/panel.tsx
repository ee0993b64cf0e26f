import { Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type Props = {
  readonly title: string
  readonly note?: ReactNode
  /** Stands at the end of the head. */
  readonly action?: ReactNode
  /** Its place in a grid of panels. */
  readonly area?: string
  readonly children: ReactNode
}

/** A titled box; its title names the region for those who cannot see the box. */
export function Panel(props: Props): ReactNode {
  const id = useId()
  return (
    <section className="panel" aria-labelledby={id} data-area={props.area}>
      <div className="panel-head">
        <Title order={2} id={id} fz="md">
          {props.title}
        </Title>
        {props.note === undefined ? undefined : <Note>{props.note}</Note>}
        {props.action === undefined ? undefined : <div className="panel-action">{props.action}</div>}
      </div>
      <div className="panel-body">{props.children}</div>
    </section>
  )
}

/** The box of a screen that has only one: the screen's own title stands above it, `label` is for those who cannot see it. */
export function OnlyPanel(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="panel" aria-label={props.label}>
      <div className="panel-body">{props.children}</div>
    </section>
  )
}

function Note(props: { readonly children: ReactNode }): ReactNode {
  return (
    <Text span fz="sm" c="dimmed">
      {props.children}
    </Text>
  )
}

/** What stands where there is nothing yet: why, and the next action. */
export function Empty(props: { readonly text: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <Text c="dimmed" maw={460}>
        {props.text}
      </Text>
      {props.children}
    </div>
  )
}

type HeadProps = { readonly title: ReactNode; readonly note?: ReactNode; readonly children?: ReactNode }

/** The head of a screen: its title, how much there is, and what can be done on it. */
export function ScreenHead(props: HeadProps): ReactNode {
  return (
    <div className="screen-head">
      <Title order={1} fz="xl" className="screen-title">
        {props.title}
      </Title>
      {props.note === undefined ? undefined : <Note>{props.note}</Note>}
      <div style={{ flex: 1 }} />
      {props.children}
    </div>
  )
}
