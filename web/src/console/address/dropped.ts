import { useSyncExternalStore } from 'react'

/** Dropped is a parameter of the address with a value that nobody understands. */
export interface Dropped {
  name: string
  value: string
}

let dropped: readonly Dropped[] = []
const listeners = new Set<() => void>()

function set(to: readonly Dropped[]) {
  dropped = to
  listeners.forEach((listener) => listener())
}

export function noteDropped(name: string, value: string) {
  set([...dropped.filter((one) => one.name !== name), { name, value }])
}

export function forgetDropped() {
  if (dropped.length > 0) {
    set([])
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** useDropped is what was dropped since this page was opened. */
export function useDropped(): readonly Dropped[] {
  return useSyncExternalStore(subscribe, () => dropped)
}
