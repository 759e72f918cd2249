import { useCallback, useEffect, useMemo } from 'react'

import { store, useStore } from '../store'
import { dropUnknown, useParameter } from './parameters'
import { parseRange, type TimeRange } from './parserange'

export { parseRange, type TimeRange } from './parserange'

export interface Range {
  range: TimeRange
  /** As the address has it: `6h`, or `from..to`. */
  text: string
  set: (text: string | undefined) => void
  /** Whether it ends now, so that later data belong to it. */
  endsNow: boolean
  /** The length, or the ends, in milliseconds. */
  milliseconds: number
}

/** offered are the ranges that the picker has at hand. */
export const offered: readonly string[] = ['1h', '6h', '24h', '7d', '30d']

// What a page takes for those who chose none. The picker of the frame is there only while something follows it.
const users = store<readonly string[]>([])

/** useRangeShown is the default of the page that follows the range; undefined where none does. */
export function useRangeShown(): string | undefined {
  return useStore(users).at(-1)
}

function useShown(otherwise: string, silent: boolean) {
  useEffect(() => {
    if (silent) {
      return undefined
    }
    users.set([...users.get(), otherwise])
    return () => users.set(users.get().toSpliced(users.get().indexOf(otherwise), 1))
  }, [otherwise, silent])
}

/**
 * useRange is the span of time of the address; a page that needs another one for those who chose none says which. The frame shows its
 * picker while somebody needs it: silent is for the picker itself.
 */
export function useRange(otherwise = '6h', silent = false): Range {
  const [value, setValue] = useParameter('range')
  const parsed = useMemo(() => parseRange(value ?? otherwise), [value, otherwise])
  useEffect(() => {
    if (parsed === null && value !== undefined) {
      dropUnknown('range', value)
    }
  }, [parsed, value])
  useShown(otherwise, silent)
  const set = useCallback((text: string | undefined) => setValue(text), [setValue])
  return useMemo(() => {
    const read = parsed ?? parseRange(otherwise)
    if (read === null) {
      throw new Error(`${otherwise} is no range`)
    }
    return { ...read, text: parsed === null ? otherwise : (value ?? otherwise), set }
  }, [parsed, otherwise, value, set])
}
