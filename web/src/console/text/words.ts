import { useMemo } from 'react'

import { useLanguage } from './language'
import { isPseudo, stretch } from './pseudo'

/** Words are the texts of one folder: plain ones, and those that have values in them. */
// eslint-disable-next-line -- the values are whatever each text needs; the type of each function says which.
export type Words = Record<string, string | ((...values: any[]) => string)>

type Same<W extends Words> = { [Key in keyof W]: W[Key] extends string ? string : W[Key] }

export interface Dictionary<W extends Words> {
  en: Same<W>
  zh: Same<W>
}

/** defineWords pairs the texts of both languages. The compiler demands the same keys and the same values of both. */
export function defineWords<W extends Words>(en: W, zh: NoInfer<Same<W>>): Dictionary<W> {
  return { en: en as unknown as Same<W>, zh }
}

/** useWords gives the texts in the language of the page. */
export function useWords<W extends Words>(dictionary: Dictionary<W>): Same<W> {
  const language = useLanguage()
  return useMemo(() => (isPseudo ? stretch(dictionary[language]) : dictionary[language]), [dictionary, language])
}
