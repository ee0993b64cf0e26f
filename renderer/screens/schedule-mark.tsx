import type { ReactNode } from 'react'
import type { Method } from '../../shared/point.ts'

/** A method by form as well as colour: full is a filled square, differential a ring, incremental a small dot. */
export function MethodMark({ method }: { readonly method: Method }): ReactNode {
  return (
    <svg className={`method-mark method-${method}`} width={12} height={12} viewBox="0 0 12 12" aria-hidden="true">
      {method === 'full' ? <rect x={1} y={1} width={10} height={10} rx={2} fill="currentColor" /> : undefined}
      {method === 'differential' ? (
        <circle cx={6} cy={6} r={4} fill="none" stroke="currentColor" strokeWidth={2.4} />
      ) : undefined}
      {method === 'incremental' ? <circle cx={6} cy={6} r={3.2} fill="currentColor" /> : undefined}
    </svg>
  )
}
