import { store, useStore } from '../store'
import styles from './toast.module.css'

// One line at the bottom that says what a key has done, for who did not see it.
const text = store('')
let timer: ReturnType<typeof setTimeout> | undefined

/** toast says something for a moment. */
export function toast(message: string) {
  clearTimeout(timer)
  text.set(message)
  timer = setTimeout(() => text.set(''), 2500)
}

export function Toast() {
  const message = useStore(text)
  return (
    <div role="status" className={styles.place}>
      {message !== '' && <span className={styles.toast}>{message}</span>}
    </div>
  )
}
