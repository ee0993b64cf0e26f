import { Checkbox } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Choice, toggleAll } from './row-choice.ts'

/** The one row at the top of a `RowGrid`; `className` lays its heads out as the cells below them. */
export function GridHead({
  className,
  children,
}: {
  readonly className: string
  readonly children: ReactNode
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a grid that is no table
    <div role="rowgroup" className="row-grid-head">
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="row" aria-rowindex={1} className={className}>
        {children}
      </div>
    </div>
  )
}

type ColumnProps = {
  readonly className?: string
  readonly sort?: 'ascending' | 'descending' | 'none'
  readonly children: ReactNode
}

export function ColumnHead({ className, sort, children }: ColumnProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a grid that is no table
    // biome-ignore lint/a11y/useFocusableInteractive: what can be pressed stands inside
    <div role="columnheader" className={className} {...(sort === undefined ? {} : { 'aria-sort': sort })}>
      {children}
    </div>
  )
}

type ChooseProps = {
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
  readonly keys: readonly string[]
}

/** The head of the column of ticks: all rows, or none. */
export function ChooseAll({ choice, onChoice, keys }: ChooseProps): ReactNode {
  const { t } = useTranslation()
  const some = choice.chosen.size > 0
  const isAll = some && keys.length > 0 && keys.every((key) => choice.chosen.has(key))
  return (
    <ColumnHead className="column-tick">
      <Checkbox
        size="xs"
        aria-label={t('files.selectAll')}
        checked={isAll}
        indeterminate={some && !isAll}
        onChange={() => onChoice(toggleAll(choice, keys))}
      />
    </ColumnHead>
  )
}
