import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

import { type Seen, type Window, windowOf } from './window'

/** scrollerOf is what scrolls around an element: `main` of the frame, a drawer's body, or the document. */
export function scrollerOf(element: HTMLElement): HTMLElement {
  for (let at = element.parentElement; at !== null; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) {
      return at
    }
  }
  return document.documentElement
}

/** seenOf measures where rows are in what scrolls around them. */
export function seenOf(scroller: HTMLElement, body: HTMLElement): Seen {
  const begin = body.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop - scroller.clientTop
  return { scrolled: scroller.scrollTop, height: scroller.clientHeight, begin }
}

/**
 * useWindow tells which rows to draw, and keeps that up with scrolling and with the size of the screen. The state is set synchronously
 * in the scroll event: otherwise jumps show a screen without rows.
 */
export function useWindow(body: RefObject<HTMLElement | null>, rowHeight: number, total: number): Window & { measure(): void } {
  const [window, setWindow] = useState<Window>({ from: 0, to: Math.min(total, 40) })
  const measure = useRef(() => {})
  useLayoutEffect(() => {
    const element = body.current
    if (element === null) {
      return
    }
    const scroller = scrollerOf(element)
    const look = () => {
      const next = windowOf(seenOf(scroller, element), rowHeight, total)
      setWindow((old) => (old.from === next.from && old.to === next.to ? old : next))
    }
    const follow = () => flushSync(look)
    measure.current = look
    look()
    const target: EventTarget = scroller === document.documentElement ? document : scroller
    target.addEventListener('scroll', follow, { passive: true })
    const sizes = new ResizeObserver(look)
    sizes.observe(scroller)
    return () => {
      target.removeEventListener('scroll', follow)
      sizes.disconnect()
    }
  }, [body, rowHeight, total])
  return { from: Math.min(window.from, total), to: Math.min(window.to, total), measure: () => measure.current() }
}
