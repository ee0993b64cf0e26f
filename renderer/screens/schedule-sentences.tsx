import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../shared/policy.ts'
import { groupRules, scheduleSentences } from '../text/schedule-text.ts'
import { MethodMark } from './schedule-mark.tsx'

/** Rules as a person would say them, each behind the mark of its method. */
export function ScheduleSentences({ rules }: { readonly rules: readonly Rule[] }): ReactNode {
  const { i18n } = useTranslation()
  const groups = groupRules(rules)
  return scheduleSentences(rules, i18n.language).map((sentence, at) => {
    const method = groups[at]?.method
    return (
      <div key={sentence} className="sentence">
        {method === undefined ? undefined : <MethodMark method={method} />}
        <span>{sentence}</span>
      </div>
    )
  })
}
