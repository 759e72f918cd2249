export type Language = 'zh' | 'en'

export const languages: readonly Language[] = ['zh', 'en']

/** tags are the languages as documents and Intl name them. */
export const tags: Record<Language, string> = { zh: 'zh-CN', en: 'en' }
