import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Drawer.css'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Paper.css'

import { Drawer as MantineDrawer } from '@mantine/core'
import type { ReactNode } from 'react'

import { useWords } from '../text/words'
import styles from './drawer.module.css'
import { words } from './words'

interface DrawerProps {
  open: boolean
  onClose(): void
  title: ReactNode
  /** At the right of the title: a link, a copy button. */
  extra?: ReactNode
  width?: number | undefined
  children: ReactNode
}

/**
 * Drawer slides in at the right, as wide as a phone there. It keeps the focus, Esc closes it, and the focus goes back to where it was. The
 * page is not locked: what locks it writes style elements, which the page's policy refuses.
 */
export function Drawer({ open, onClose, title, extra, width = 520, children }: DrawerProps) {
  const say = useWords(words)
  return (
    <MantineDrawer.Root
      opened={open}
      onClose={onClose}
      position="right"
      size={width}
      lockScroll={false}
      transitionProps={{ duration: 150 }}
      classNames={{
        overlay: styles.overlay ?? '',
        content: styles.content ?? '',
        title: styles.title ?? '',
        body: styles.body ?? '',
      }}
    >
      <MantineDrawer.Overlay />
      <MantineDrawer.Content>
        {/* Not Mantine's own head: its element would be a second banner of the page. */}
        <div className={styles.header}>
          <MantineDrawer.Title>{title}</MantineDrawer.Title>
          <div className={styles.extra}>{extra}</div>
          <MantineDrawer.CloseButton iconSize={18} aria-label={say.close} className={styles.close ?? ''} />
        </div>
        <MantineDrawer.Body>{children}</MantineDrawer.Body>
      </MantineDrawer.Content>
    </MantineDrawer.Root>
  )
}
