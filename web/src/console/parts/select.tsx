import type { ChangeEvent } from 'react'

import { Icon } from './icon'
import styles from './select.module.css'

export interface Choice {
  value: string
  label: string
}

interface SelectProps {
  /** What is chosen; it stands in the first choice when nothing is, and screen readers hear it always. */
  label: string
  value: string | undefined
  choices: readonly Choice[]
  /** Name of the choice that chooses nothing; without it one of the choices is always chosen. */
  all?: string | undefined
  onChange(value: string | undefined): void
}

/**
 * Select is the browser's own list of choices in our frame: phones show their own picker for it, typing jumps in it, and it needs no
 * script. A value that is not among the choices stays to be seen.
 */
export function Select({ label, value, choices, all, onChange }: SelectProps) {
  const strange = value !== undefined && choices.every((choice) => choice.value !== value)
  return (
    <span className={styles.select} data-chosen={value !== undefined || undefined}>
      <select
        aria-label={label}
        className={styles.control}
        value={value ?? ''}
        onChange={(event: ChangeEvent<HTMLSelectElement>) => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        {all !== undefined && <option value="">{all}</option>}
        {strange && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Icon name="chevronDown" size={12} className={styles.arrow} />
    </span>
  )
}
