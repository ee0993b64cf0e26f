import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { type Language, languages, type Texts, texts } from './texts.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'window'
    resources: { window: Texts }
    returnNull: false
  }
}

const rememberedAt = 'stillpoint.language'

/** Chinese for readers whose system speaks it, else English. */
export function systemLanguage(preferred: readonly string[]): Language {
  return preferred[0]?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** What the engine's settings will probably say: what they said last time. Only the first paint rests on it. */
export function firstLanguage(storage: Pick<Storage, 'getItem'>, preferred: readonly string[]): Language {
  return languages.find((language) => language === storage.getItem(rememberedAt)) ?? systemLanguage(preferred)
}

/** All texts are part of the page, so the instance is ready when this returns. React escapes what is interpolated. */
export function startTexts(language: Language): i18n {
  const instance = createInstance()
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'window',
    resources: { en: { window: texts.en }, 'zh-CN': { window: texts['zh-CN'] } },
    interpolation: { escapeValue: false, skipOnVariables: true },
    initAsync: false,
    returnNull: false,
  })
  return instance
}

export function otherLanguage(language: string): Language {
  return language === 'zh-CN' ? 'en' : 'zh-CN'
}

export async function speak(instance: i18n, language: Language): Promise<void> {
  localStorage.setItem(rememberedAt, language)
  document.documentElement.lang = language
  if (instance.language !== language) await instance.changeLanguage(language)
}
