import { useCallback, useMemo } from 'react'

import { useAnswer } from '../../data'
import { useLanguage } from '../../text/language'
import { AlarmsRegions } from './documents'

/** Regions are their names by code. */
export type Regions = ReadonlyMap<string, { name: string | null | undefined; nameEn: string | null | undefined }>

/** useRegions are the names of all regions; none before they are known. */
export function useRegions(): Regions {
  const { data } = useAnswer(AlarmsRegions, {})
  return useMemo(() => new Map((data?.regions ?? []).map(({ code, name, nameEn }) => [code, { name, nameEn }])), [data])
}

/** useRegionName is what a region is called in the page's language: by its code where it has no name. */
export function useRegionName(regions: Regions): (code: string) => string {
  const language = useLanguage()
  return useCallback(
    (code: string) => {
      const region = regions.get(code)
      return (language === 'zh' ? (region?.name ?? region?.nameEn) : (region?.nameEn ?? region?.name)) ?? code
    },
    [regions, language],
  )
}
