import type { ReactNode } from 'react'
import { splitVisible, visible } from '../text/visible.ts'

/** A name from a host or a guest: shown as text, deceptive characters as marks, too long ones cut with the whole in the title. */
export function Name(props: { readonly text: string }): ReactNode {
  return (
    <bdi className="name" title={visible(props.text)}>
      {splitVisible(props.text).map((piece, at) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
          <span className="mark" key={at}>{`⟦${piece.codePoint}⟧`}</span>
        ),
      )}
    </bdi>
  )
}
