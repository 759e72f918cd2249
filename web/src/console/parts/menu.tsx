import type { ReactNode } from 'react'

import styles from './menu.module.css'
import { Popover } from './popover'

export interface MenuItem {
  key: string
  label: ReactNode
  icon?: ReactNode
  /** A chosen one among items that exclude each other. */
  checked?: boolean | undefined
  onChoose(): void
}

interface MenuProps {
  label: string
  /** The button that opens it. */
  button: { className: string | undefined; here?: boolean; children: ReactNode }
  items: readonly MenuItem[]
}

/** Menu is a list of actions that a button opens. */
export function Menu({ label, button, items }: MenuProps) {
  return (
    <Popover label={label} button={button}>
      {(close) => (
        <ul className={styles.list}>
          {items.map((item) => (
            <li key={item.key}>
              <button
                type="button"
                className={styles.item}
                aria-current={item.checked ? 'true' : undefined}
                onClick={() => {
                  close()
                  item.onChoose()
                }}
              >
                {item.icon}
                {item.label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}
