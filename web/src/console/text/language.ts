import { change } from '../address/parameters'
import { settings } from '../settings'
import { store, useStore } from '../store'
import { languages, tags, type Language } from './languages'
import { remember, remembered } from './memory'

export { tags, type Language } from './languages'

function isLanguage(value: string | null | undefined): value is Language {
  return languages.includes(value as Language)
}

// A link tells its language; then counts what was chosen here, what the site says, and what the browser prefers.
function first(): Language {
  const linked = new URLSearchParams(location.search).get('lang')
  const kept = remembered('language')
  if (isLanguage(linked)) {
    return linked
  }
  if (isLanguage(kept)) {
    return kept
  }
  if (settings.language !== 'auto') {
    return settings.language
  }
  return navigator.languages.some((name) => name.toLowerCase().startsWith('zh')) ? 'zh' : 'en'
}

const current = store<Language>(first())

document.documentElement.lang = tags[current.get()]

/** setLanguage changes the language of the whole page, and keeps it in the browser; an address that tells one tells this one. */
export function setLanguage(language: Language) {
  remember('language', language)
  document.documentElement.lang = tags[language]
  current.set(language)
  if (new URLSearchParams(location.search).has('lang')) {
    change({ lang: language }, 'replace')
  }
}

export function useLanguage(): Language {
  return useStore(current)
}
