import { fill, readSentence } from '../../shared/sentences.ts'
import { sentencesZh } from './sentences.zh.ts'
import { visible } from './visible.ts'

/** What the engine said, safe to show, in the reader's language as far as it is a sentence of ours; foreign text as it is. */
export function told(text: string, language: string): string {
  const known = language === 'zh-CN' ? readSentence(text) : undefined
  if (known === undefined) return visible(text)
  const values = Object.entries(known.values).map(([name, value]) => [name, told(value, language)] as const)
  return fill(sentencesZh[known.key], Object.fromEntries(values))
}
