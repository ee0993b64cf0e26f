import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type DayResult, dayResult } from '../../shared/history.ts'
import { useNow } from '../parts/moment.tsx'
import { agoFormat, agoText, momentFormat, momentText } from '../text/amounts.ts'
import { dayTexts } from '../text/dates.ts'

/** What many rows say alike, made once for all of them: a screen of rows is drawn in the time of a few frames. */
export type RowWords = {
  ago(at: number): string
  moment(at: number): string
  /** What a day's mark means, for the day at this place. */
  day(result: DayResult, place: number): string
  readonly days: number
}

/** `starts` are the first moments of the days that are shown. The same object as long as it would say the same. */
export function useRowWords(starts: readonly number[]): RowWords {
  const { t, i18n } = useTranslation()
  const { language } = i18n
  const now = useNow()
  const days = useMemo(() => {
    const names = dayTexts(starts, language)
    const titles = (result: DayResult): readonly string[] =>
      names.map((day) => t('machines.dayTitle', { day, result: t(`fact.dayResult.${result}`) }))
    return new Map(dayResult.options.map((result) => [result, titles(result)]))
  }, [starts, language, t])
  return useMemo(() => {
    const [agos, moments] = [agoFormat(language), momentFormat(language)]
    return {
      ago: (at) => agoText(at, Math.max(now, at), language, agos),
      moment: (at) => momentText(at, language, moments),
      day: (result, place) => days.get(result)?.[place] ?? '',
      days: starts.length,
    }
  }, [now, language, days, starts])
}
