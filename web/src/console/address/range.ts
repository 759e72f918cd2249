import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'

import { dropUnknown, useParameter } from './parameters'

/** TimeRange is what the schema's input of this name takes. */
export type TimeRange = { last: string } | { from: string; to: string }

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

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** offered are the ranges that the picker has at hand. */
export const offered: readonly string[] = ['1h', '6h', '24h', '7d', '30d']

/** parseRange reads a range as addresses have it; null for what is none. */
export function parseRange(text: string): { range: TimeRange; milliseconds: number; endsNow: boolean } | null {
  const last = /^([1-9]\d{0,3})([mhd])$/.exec(text)
  if (last !== null) {
    const [, number = '', unit = ''] = last
    const milliseconds = Number(number) * (units[unit] ?? 0)
    // The schema's durations have days before the T and the rest behind it.
    const iso = unit === 'd' ? `P${number}D` : `PT${number}${unit.toUpperCase()}`
    return milliseconds <= 31 * 86_400_000 ? { range: { last: iso }, milliseconds, endsNow: true } : null
  }
  const [start = '', end = '', ...rest] = text.split('..')
  const from = Date.parse(start)
  const to = Date.parse(end)
  if (rest.length > 0 || Number.isNaN(from) || Number.isNaN(to) || from >= to) {
    return null
  }
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  return { range, milliseconds: to - from, endsNow: false }
}

// What a page takes for those who chose none. The picker of the frame is there only while something follows it.
const users: string[] = []
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** useRangeShown is the default of the page that follows the range; undefined where none does. */
export function useRangeShown(): string | undefined {
  return useSyncExternalStore(subscribe, () => users.at(-1))
}

function useShown(otherwise: string, silent: boolean) {
  useEffect(() => {
    if (silent) {
      return undefined
    }
    users.push(otherwise)
    listeners.forEach((listener) => listener())
    return () => {
      users.splice(users.indexOf(otherwise), 1)
      listeners.forEach((listener) => listener())
    }
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
