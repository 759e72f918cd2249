import { useCallback, useEffect, useMemo } from 'react'
import { navigate, usePathname, useSearch } from 'wouter/use-browser-location'

import { carried, hrefFrom, prefix, withParameters, type Parameters } from './base'
import { noteDropped } from './dropped'

/** How an address is changed: `push` for another page or drawer, so that Back undoes it; `replace` while somebody types. */
export type How = 'push' | 'replace'

/** change changes parameters of the address that is shown. */
export function change(changes: Parameters, how: How) {
  // Read now and not when the page was drawn: two changes may come one right after the other.
  const search = withParameters(location.search, changes)
  if (search !== location.search) {
    navigate(location.pathname + search, { replace: how === 'replace' })
  }
}

/** useParameter is one parameter of the address and what changes it. */
export function useParameter(name: string): [string | undefined, (value: string | undefined, how?: How) => void] {
  const value = new URLSearchParams(useSearch()).get(name) ?? undefined
  const set = useCallback((to: string | undefined, how: How = 'push') => change({ [name]: to }, how), [name])
  return [value, set]
}

/** useParameters is all of the address's parameters, and what changes several of them at once. */
export function useParameters(): [Parameters, (changes: Parameters, how?: How) => void] {
  const search = useSearch()
  const values = useMemo(() => Object.fromEntries(new URLSearchParams(search)) as Parameters, [search])
  const set = useCallback((changes: Parameters, how: How = 'push') => change(changes, how), [])
  return [values, set]
}

/** useChoice is a parameter that has one of some values. Another value is dropped from the address, and the frame says so. */
export function useChoice<T extends string>(name: string, choices: readonly T[]): [T | undefined, (value: T | undefined, how?: How) => void] {
  const [value, set] = useParameter(name)
  const isKnown = value === undefined || choices.includes(value as T)
  useEffect(() => {
    if (!isKnown) {
      dropUnknown(name, value)
    }
  }, [isKnown, name, value])
  return [isKnown ? (value as T | undefined) : undefined, set]
}

/** dropUnknown takes a parameter out of the address whose value nobody understands, and has the frame say so. */
export function dropUnknown(name: string, value: string) {
  noteDropped(name, value)
  change({ [name]: undefined }, 'replace')
}

/** usePath is the path of the console that is shown, without what it stands below. */
export function usePath(): string {
  return usePathname().slice(prefix.length) || '/'
}

/** go shows another page of the console. */
export function go(to: string, { keep = carried, how = 'push' as How } = {}) {
  navigate(hrefFrom(to, keep), { replace: how === 'replace' })
}
