import type { ReactNode } from 'react'
import type { LineageNode } from '../lineage/lineage.ts'

type Props = { readonly node: LineageNode; readonly damaged: boolean; readonly x: number; readonly y: number }

/** The mark of a node, told apart by form: points round (full large, differential a ring), snapshots square (with memory filled), here a target. */
export function Glyph({ node, damaged, x, y }: Props): ReactNode {
  return (
    <g className={classOf(node, damaged)} transform={`translate(${x} ${y})`}>
      <Form node={node} />
      {damaged ? <path className="glyph-cross" d="M-5.5-5.5 5.5 5.5M5.5-5.5-5.5 5.5" /> : undefined}
    </g>
  )
}

function Form({ node }: { readonly node: LineageNode }): ReactNode {
  switch (node.kind) {
    case 'here':
      return (
        <>
          <circle className="glyph-hollow" r="5.5" />
          <circle className="glyph-solid" r="2" />
        </>
      )
    case 'snapshot': {
      const form = node.snapshot.memory === 'none' ? 'glyph-hollow' : 'glyph-solid'
      return <rect className={form} x="-4" y="-4" width="8" height="8" rx="1" transform="rotate(45)" />
    }
    case 'point':
      return <PointForm method={node.point.method} />
  }
}

function PointForm({ method }: { readonly method: 'full' | 'incremental' | 'differential' }): ReactNode {
  if (method === 'differential') return <circle className="glyph-hollow" r="4" />
  return <circle className="glyph-solid" r={method === 'full' ? 5.5 : 3.5} />
}

function classOf(node: LineageNode, damaged: boolean): string {
  const tone = damaged ? 'glyph-damaged' : `glyph-${node.kind}`
  return node.live ? tone : `${tone} glyph-left`
}
