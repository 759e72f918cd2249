import type { ReactNode } from 'react'

import styles from './problem.module.css'

interface ProblemLineProps {
  /** What is missing, or what went wrong: a sentence. */
  children: ReactNode
  /** Code of the answer and the upstream's operation, in the monospaced face. */
  code?: string | undefined
  operation?: string | undefined
  /** Buttons. */
  extra?: ReactNode
  tone?: 'major' | 'critical' | undefined
}

/** ProblemLine is one line that says what is missing and why, in a panel or in the strip above a page. */
export function ProblemLine({ children, code, operation, extra, tone = 'major' }: ProblemLineProps) {
  return (
    <div className={styles.problem} data-tone={tone}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" className={styles.shape}>
        <path d={tone === 'major' ? 'M7 1.4 13.2 12.4H0.8z' : 'M4.5 0.9h5l3.6 3.6v5l-3.6 3.6h-5L0.9 9.5v-5z'} />
      </svg>
      <span className={styles.text}>
        {children}
        {(operation !== undefined || code !== undefined) && (
          <span className={styles.code}>{[operation, code].filter((part) => part !== undefined).join(' · ')}</span>
        )}
      </span>
      {extra}
    </div>
  )
}
