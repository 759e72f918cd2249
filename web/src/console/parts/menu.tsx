import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Paper.css'

import { Menu as MantineMenu } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'

import styles from './menu.module.css'

export interface MenuItem {
  key: string
  label: ReactNode
  icon?: ReactNode
  /** A chosen one among items that exclude each other. */
  checked?: boolean | undefined
  onChoose(): void
}

interface MenuProps {
  /** The button that opens it. */
  target: ReactElement
  items: readonly MenuItem[]
  position?: 'bottom-start' | 'bottom-end' | undefined
}

/** Menu is a list of actions that a button opens; arrows move in it, Esc leads back to the button. */
export function Menu({ target, items, position = 'bottom-end' }: MenuProps) {
  return (
    <MantineMenu position={position} transitionProps={{ duration: 120 }} returnFocus>
      <MantineMenu.Target>{target}</MantineMenu.Target>
      <MantineMenu.Dropdown className={styles.dropdown ?? ''}>
        {items.map((item) => (
          <MantineMenu.Item
            key={item.key}
            className={styles.item ?? ''}
            leftSection={item.icon}
            data-checked={item.checked || undefined}
            aria-current={item.checked ? 'true' : undefined}
            onClick={item.onChoose}
          >
            {item.label}
          </MantineMenu.Item>
        ))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  )
}
