import { useLayoutEffect, useRef } from 'react'

/**
 * useLatest is a value as the page shows it, for what runs later: keys, events, timers. It is there as soon as the page is drawn: an effect
 * that runs behind that would have a key pressed at once do what it did before.
 */
export function useLatest<T>(value: T): { readonly current: T } {
  const held = useRef(value)
  useLayoutEffect(() => {
    held.current = value
  })
  return held
}
