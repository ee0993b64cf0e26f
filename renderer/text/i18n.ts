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

/** The language chosen last in this window, else Chinese for readers whose system speaks it, else English. */
export function firstLanguage(storage: Pick<Storage, 'getItem'>, preferred: readonly string[]): Language {
  const remembered = languages.find((language) => language === storage.getItem(rememberedAt))
  return remembered ?? (preferred[0]?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en')
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

export async function rememberLanguage(instance: i18n, language: Language): Promise<void> {
  localStorage.setItem(rememberedAt, language)
  await instance.changeLanguage(language)
}
