import { Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of a repository's pane, named for those who cannot see its title. */
export function Section(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section aria-label={props.title} className="stack-s">
      <Title order={3} fz="sm">
        {props.title}
      </Title>
      {props.children}
    </section>
  )
}
