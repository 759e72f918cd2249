import { useSyncExternalStore } from 'react'

import styles from './toast.module.css'

// One line at the bottom that says what a key has done, for who did not see it.
let text = ''
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function set(to: string) {
  text = to
  listeners.forEach((listener) => listener())
}

/** toast says something for a moment. */
export function toast(message: string) {
  clearTimeout(timer)
  set(message)
  timer = setTimeout(() => set(''), 2500)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toast() {
  const message = useSyncExternalStore(subscribe, () => text)
  return (
    <div role="status" className={styles.place}>
      {message !== '' && <span className={styles.toast}>{message}</span>}
    </div>
  )
}
