import { factsEn } from './facts.en.ts'
import { factsZh } from './facts.zh.ts'
import { failuresEn } from './failures.en.ts'
import { failuresZh } from './failures.zh.ts'
import { screensEn } from './screens.en.ts'
import { screensZh } from './screens.zh.ts'

export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

export type Texts = typeof en

const en = { ...screensEn, fact: factsEn, failure: failuresEn }
const zh: Texts = { ...screensZh, fact: factsZh, failure: failuresZh }

/** Every sentence of the window in every language. The types make both sides complete. */
export const texts: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zh }
