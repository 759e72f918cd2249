import { useSyncExternalStore } from 'react'

/** Store is a value that components follow. */
export interface Store<T> {
  get: () => T
  set: (value: T) => void
  follow: (told: () => void) => () => void
}

/** store makes one. A value that is the same as before tells nobody. */
export function store<T>(first: T): Store<T> {
  let value = first
  const followers = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (!Object.is(next, value)) {
        value = next
        for (const told of [...followers]) {
          told()
        }
      }
    },
    follow(told) {
      followers.add(told)
      return () => followers.delete(told)
    },
  }
}

/** useStore is the value of a store in a component. */
export function useStore<T>(of: Store<T>): T {
  return useSyncExternalStore(of.follow, of.get)
}
