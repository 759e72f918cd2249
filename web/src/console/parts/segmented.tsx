import { type KeyboardEvent, type ReactNode, useRef } from 'react'

import styles from './segmented.module.css'

export interface Segment<V extends string> {
  value: V
  label: ReactNode
}

interface SegmentedProps<V extends string> {
  label: string
  value: V
  segments: readonly Segment<V>[]
  onChange(value: V): void
}

/** Segmented is a choice of one among few, all of them in sight: one tab stop, arrows move the choice. */
export function Segmented<V extends string>({ label, value, segments, onChange }: SegmentedProps<V>) {
  const group = useRef<HTMLDivElement>(null)
  const go = (event: KeyboardEvent) => {
    const next = step(event.key, segments.findIndex((segment) => segment.value === value), segments.length)
    const segment = next === undefined ? undefined : segments[next]
    if (next !== undefined && segment !== undefined) {
      event.preventDefault()
      onChange(segment.value)
      group.current?.querySelectorAll<HTMLElement>('[role=radio]')[next]?.focus()
    }
  }
  return (
    <div ref={group} role="radiogroup" aria-label={label} className={styles.segmented} onKeyDown={go}>
      {segments.map((segment, index) => {
        const checked = segment.value === value
        const stop = checked || (index === 0 && segments.every((one) => one.value !== value))
        return (
          <button
            key={segment.value}
            type="button"
            role="radio"
            aria-checked={checked}
            tabIndex={stop ? 0 : -1}
            className={styles.segment}
            onClick={() => onChange(segment.value)}
          >
            {segment.label}
          </button>
        )
      })}
    </div>
  )
}

/** step is the place to which a key leads in a row of things that goes around; undefined for other keys. */
export function step(key: string, at: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return (at + 1) % length
    case 'ArrowLeft':
    case 'ArrowUp':
      return (at - 1 + length) % length
    case 'Home':
      return 0
    case 'End':
      return length - 1
    default:
      return undefined
  }
}
