import { useSyncExternalStore } from 'react'

// One timer for all ages of the page. It rests while the page is hidden and while nobody looks at the time.
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  listeners.forEach((listener) => listener())
}

function settle() {
  const needed = listeners.size > 0 && document.visibilityState === 'visible'
  if (needed && timer === undefined) {
    timer = setInterval(tick, 1000)
  } else if (!needed && timer !== undefined) {
    clearInterval(timer)
    timer = undefined
  }
}

document.addEventListener('visibilitychange', () => {
  settle()
  if (document.visibilityState === 'visible') {
    tick()
  }
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  settle()
  return () => {
    listeners.delete(listener)
    settle()
  }
}

/** useNow is the time in steps of so many seconds; a component that tells an age is drawn again at each of them. */
export function useNow(seconds = 1): number {
  const step = seconds * 1000
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / step) * step)
}
