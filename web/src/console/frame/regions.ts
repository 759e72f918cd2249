import { useCallback, useEffect } from 'react'

import { dropUnknown } from '../address'
import { graphql, useAnswer } from '../data'
import { useLanguage } from '../text/language'

const Regions = graphql(`
  query ConsoleRegions {
    regions {
      id
      code
      name
      nameEn
    }
  }
`)

export interface Named {
  code: string
  name?: string | null | undefined
  nameEn?: string | null | undefined
}

/** useRegionsAnswer asks for all regions, for a page that says whether they could be read. */
export function useRegionsAnswer(every?: number) {
  return useAnswer(Regions, {}, { own: true, every })
}

/** useRegions is all regions. They cost no call, and change as rarely as sites are built. */
export function useRegions(): readonly Named[] {
  return useRegionsAnswer().data?.regions ?? []
}

/** useNamed writes the name of a region as the reader's language has it, its code where it has none. */
export function useNamed(): (region: Named) => string {
  const language = useLanguage()
  return useCallback((region) => (language === 'zh' ? region.name : region.nameEn) ?? region.name ?? region.code, [language])
}

/** useRegionName gives the name of the region with a code. */
export function useRegionName(): (code: string | null | undefined) => string {
  const regions = useRegions()
  const named = useNamed()
  return useCallback(
    (code) => {
      const region = regions.find((one) => one.code === code)
      return region === undefined ? (code ?? '—') : named(region)
    },
    [regions, named],
  )
}

/** useKnownRegion drops a region from the address that the site does not have, when its regions are known. */
export function useKnownRegion(code: string | undefined): void {
  const regions = useRegions()
  const isUnknown = code !== undefined && regions.length > 0 && regions.every((region) => region.code !== code)
  useEffect(() => {
    if (isUnknown) {
      dropUnknown('region', code)
    }
  }, [isUnknown, code])
}
