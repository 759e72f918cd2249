import { useWords } from '../../text/words'
import type { Standing } from './standing'
import styles from './upstream.module.css'
import { words } from './words'

// Shape first, then the word, then the colour.
const shapes: Record<Standing, React.ReactNode> = {
  open: <path d="M7 1.4 13.2 12.4H0.8z" />,
  half: (
    <>
      <circle cx="7" cy="7" r="5" fill="none" strokeWidth="1.6" />
      <path d="M7 2a5 5 0 0 1 0 10z" stroke="none" />
    </>
  ),
  failing: <path d="M7 1 13 7 7 13 1 7z" />,
  closed: <circle cx="7" cy="7" r="4" />,
  unconfigured: <rect x="2.5" y="2.5" width="9" height="9" rx="1" fill="none" strokeWidth="1.4" strokeDasharray="2.2 1.6" />,
}

/** State is how an operation stands: shape and word. */
export function State({ standing, short = false }: { standing: Standing; short?: boolean }) {
  const say = useWords(words)
  return (
    <span className={styles.state} data-standing={standing} title={say[`${standing}Help`]}>
      <svg width="12" height="12" viewBox="0 0 14 14" aria-hidden="true">
        {shapes[standing]}
      </svg>
      <span className={short ? 'visually-hidden' : undefined}>{say[standing]}</span>
    </span>
  )
}
