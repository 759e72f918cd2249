import { useMemo } from 'react'

import { makeFormat, type Format } from './formats'
import { useLanguage } from './language'
import { useZone } from './zone'

export { unknown, type Format } from './formats'

/** useFormat gives the page's way of writing numbers and times. */
export function useFormat(): Format {
  const language = useLanguage()
  const { name } = useZone()
  return useMemo(() => makeFormat(language, name), [language, name])
}
