import type { ReactNode } from 'react'

import styles from './chip.module.css'

interface ChipProps {
  children: ReactNode
  /** Dashed: what is not real, such as demo data. */
  tone?: 'plain' | 'dashed' | 'accent' | 'ok' | 'major' | 'critical' | undefined
  /** A dot before the text, in the colour of the tone. */
  dot?: boolean | undefined
  title?: string | undefined
}

/** Chip is a short word in a frame. */
export function Chip({ children, tone = 'plain', dot = false, title }: ChipProps) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      {dot && <span className={styles.dot} aria-hidden="true" />}
      {children}
    </span>
  )
}

interface ToggleProps {
  children: ReactNode
  pressed: boolean
  onToggle(pressed: boolean): void
  label?: string | undefined
}

/** Toggle is a chip that can be pressed: a filter that is on or off, with its count in it. */
export function Toggle({ children, pressed, onToggle, label }: ToggleProps) {
  return (
    <button type="button" className={styles.toggle} aria-pressed={pressed} aria-label={label} onClick={() => onToggle(!pressed)}>
      {children}
    </button>
  )
}
