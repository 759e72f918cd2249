import { useSyncExternalStore } from 'react'

const widths = [720, 900, 1100, 1300] as const
const queries = widths.map((width) => globalThis.matchMedia(`(max-width: ${width - 0.02}px)`))

function subscribe(listener: () => void): () => void {
  queries.forEach((query) => query.addEventListener('change', listener))
  return () => queries.forEach((query) => query.removeEventListener('change', listener))
}

/** useBelow is the least of 720, 900, 1100, 1300 px that the screen is narrower than; Infinity for a large one. */
export function useBelow(): number {
  return useSyncExternalStore(subscribe, () => widths[queries.findIndex((query) => query.matches)] ?? Infinity)
}

/** usePhone tells whether the screen is as narrow as a phone's, where lists have two lines a row. */
export function usePhone(): boolean {
  return useBelow() === 720
}
