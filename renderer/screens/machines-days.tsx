import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type DayResult, dayResult } from '../../shared/history.ts'
import { countDays } from './machines-rows.ts'
import type { RowWords } from './machines-words.ts'
import './machines.css'

type Props = {
  readonly words: RowWords
  /** Oldest first; absent: no day had a backup. */
  readonly results: readonly DayResult[] | undefined
}

const stepPx = 9

/** One mark for each day, told apart by form as well as by colour; the title names every day. Few elements: a thousand rows scroll. */
export function DayDots({ words, results }: Props): ReactNode {
  const { t } = useTranslation()
  const told = Array.from({ length: words.days }, (_, at) => results?.[at] ?? 'none')
  return (
    <span title={told.map(words.day).join('\n')}>
      <svg
        className="day-dots"
        width={words.days * stepPx}
        height="14"
        role="img"
        aria-label={t('machines.daysSummary', countDays(told))}
      >
        {dayResult.options.map((result) => {
          const path = told.map((each, at) => (each === result ? formOf(result, at * stepPx) : '')).join('')
          return path === '' ? undefined : <path key={result} className={`day-${result}`} d={path} />
        })}
      </svg>
    </span>
  )
}

/** A disc, a triangle, a cross, a dash; its left edge at `x`. */
function formOf(result: DayResult, x: number): string {
  switch (result) {
    case 'good':
      return `M${x + 1.5} 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`
    case 'warning':
      return `M${x + 4.5} 3.2L${x + 8.2} 10.2H${x + 0.8}Z`
    case 'failed':
      return `M${x + 1.6} 4.1l5.8 5.8m0 -5.8l-5.8 5.8`
    case 'none':
      return `M${x + 2.7} 7h3.6`
  }
}
