import { store, useStore } from '../store'

/** Dropped is a parameter of the address with a value that nobody understands. */
export interface Dropped {
  name: string
  value: string
}

const dropped = store<readonly Dropped[]>([])

export function noteDropped(name: string, value: string) {
  dropped.set([...dropped.get().filter((one) => one.name !== name), { name, value }])
}

export function forgetDropped() {
  if (dropped.get().length > 0) {
    dropped.set([])
  }
}

/** useDropped is what was dropped since this page was opened. */
export function useDropped(): readonly Dropped[] {
  return useStore(dropped)
}
