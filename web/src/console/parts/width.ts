import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** useWidth measures an element; 0 before the first measurement. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const element = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const seen = element.current
    if (seen === null) {
      return
    }
    const measure = () => setWidth(Math.floor(seen.getBoundingClientRect().width))
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(seen)
    return () => sizes.disconnect()
  }, [])
  return [element, width]
}
