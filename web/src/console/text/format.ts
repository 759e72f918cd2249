import { makeFormat, type Format } from './formats'
import { useLanguage, type Language } from './language'
import { useZone } from './zone'

export { unknown, type Format } from './formats'

// Each is made once: what Intl makes takes long.
const made = new Map<string, Format>()

function formatOf(language: Language, zone: string): Format {
  const key = `${language} ${zone}`
  const format = made.get(key) ?? makeFormat(language, zone)
  made.set(key, format)
  return format
}

/** useFormat gives the page's way of writing numbers and times. */
export function useFormat(): Format {
  const language = useLanguage()
  const { name } = useZone()
  return formatOf(language, name)
}
