import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Paper.css'

import { ModalBody, ModalCloseButton, ModalContent, ModalOverlay, ModalRoot, ModalTitle } from '@mantine/core'
import { useLayoutEffect, useRef, type ReactNode } from 'react'

import { useDialogKeys, useKeys, Within } from '../frame/keys'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import styles from './dialog.module.css'

interface DialogProps {
  /** Left out where the dialog is there only while it is open. */
  open?: boolean | undefined
  onClose(): void
  title?: ReactNode
  /** At the right of the title: a link, a copy button. */
  extra?: ReactNode
  width: number
  /** Whether it lies at the right from the top to the bottom, as wide as a phone there. */
  side?: boolean | undefined
  /** Left out where it has no head: then this is its name. */
  name?: string | undefined
  children: ReactNode
}

/**
 * Dialog lies over the page: it keeps the focus and the keys of lists, Esc closes it, and the focus goes back to where it was. The page is
 * not locked: what locks it writes style elements, which the page's policy refuses.
 */
export function Dialog({ open = true, onClose, title, extra, width, side = false, name, children }: DialogProps) {
  const say = useWords(terms)
  const id = useDialogKeys(open)
  useFocusBack(open)
  return (
    <ModalRoot
      opened={open}
      onClose={onClose}
      size={width}
      yOffset="9vh"
      lockScroll={false}
      returnFocus={false}
      closeOnEscape={false}
      transitionProps={side ? { transition: 'slide-left', duration: 150 } : { duration: name === undefined ? 120 : 0 }}
      className={side ? (styles.side ?? '') : ''}
      // A class that a part gets goes to the box around it, too.
      classNames={{
        overlay: styles.overlay ?? '',
        inner: styles.inner ?? '',
        content: styles.content ?? '',
        title: styles.title ?? '',
        body: styles.body ?? '',
      }}
    >
      <ModalOverlay />
      <ModalContent aria-label={name}>
        {/* Not Mantine's own head: its element would be a second banner of the page. */}
        {name === undefined && (
          <div className={styles.head}>
            <ModalTitle>{title}</ModalTitle>
            <div className={styles.extra}>{extra}</div>
            <ModalCloseButton iconSize={18} aria-label={say.close} className={styles.close ?? ''} />
          </div>
        )}
        <ModalBody>
          <Within value={id}>
            <Escape onEscape={onClose} />
            {children}
          </Within>
        </ModalBody>
      </ModalContent>
    </ModalRoot>
  )
}

// Of two dialogs only the one above closes, which Mantine's own does not know.
function Escape({ onEscape }: { onEscape(): void }) {
  useKeys({ Escape: onEscape })
  return null
}

// Mantine's own way back knows only dialogs that were there before they were opened.
function useFocusBack(open: boolean) {
  const before = useRef<Element | null>(null)
  useLayoutEffect(() => {
    if (open) {
      before.current = document.activeElement
    } else {
      goBack(before.current)
    }
  }, [open])
  useLayoutEffect(() => () => goBack(before.current), [])
}

function goBack(to: Element | null) {
  const now = document.activeElement
  const isFree = now === null || now === document.body || now.closest('[role=dialog]') !== null
  if (isFree && to instanceof HTMLElement && to.isConnected) {
    to.focus({ preventScroll: true })
  }
}
