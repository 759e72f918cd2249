import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'

import { step } from './segmented'
import styles from './tabs.module.css'

export interface Tab<V extends string> {
  value: V
  label: ReactNode
}

interface TabsProps<V extends string> {
  label: string
  value: V
  tabs: readonly Tab<V>[]
  onChange(value: V): void
  /** What the chosen tab shows. */
  children: ReactNode
}

/** Tabs is a row of tabs with the panel of the chosen one. */
export function Tabs<V extends string>({ label, value, tabs, onChange, children }: TabsProps<V>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const go = (event: KeyboardEvent) => {
    const next = step(event.key, tabs.findIndex((tab) => tab.value === value), tabs.length)
    const tab = next === undefined ? undefined : tabs[next]
    if (next !== undefined && tab !== undefined) {
      event.preventDefault()
      onChange(tab.value)
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
    }
  }
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className={styles.list} onKeyDown={go}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            id={`${id}-${tab.value}`}
            type="button"
            role="tab"
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            className={styles.tab}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} className={styles.panel}>
        {children}
      </div>
    </>
  )
}
