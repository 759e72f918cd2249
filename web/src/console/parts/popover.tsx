import { useEffect, useId, useRef, useState, type ReactNode, type ToggleEvent } from 'react'

import styles from './popover.module.css'

interface PopoverProps {
  /** What the panel is for. */
  label: string
  button: { className: string | undefined; label?: string; here?: boolean; children: ReactNode }
  className?: string | undefined
  /** What the panel shows; it is made anew each time it opens. */
  children: (close: () => void) => ReactNode
}

/** gap is between the button and its panel, and edge between the panel and the screen's, in pixels. */
const gap = 4
const edge = 8

/**
 * Popover is a panel beside the button that opens it. It is the browser's own: Esc and a press elsewhere close it, and the focus goes back
 * to the button. It lies over all else, also over a dialog that opens: it closes when the focus goes on.
 */
export function Popover({ label, button, className, children }: PopoverProps) {
  const id = useId()
  const target = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const close = () => panel.current?.hidePopover()
  useEffect(() => {
    if (!open) {
      return
    }
    panel.current?.querySelector<HTMLElement>('button, a, input')?.focus()
    // Its place is that of the button when it opened.
    window.addEventListener('resize', close)
    return () => window.removeEventListener('resize', close)
  }, [open])
  const place = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === 'open' && target.current !== null) {
      beside(target.current.getBoundingClientRect(), event.currentTarget.style)
    }
  }
  return (
    <>
      <button
        ref={target}
        type="button"
        className={button.className}
        popoverTarget={id}
        aria-label={button.label}
        aria-expanded={open}
        data-here={button.here || undefined}
      >
        {button.children}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={[styles.panel, className].join(' ')}
        onBeforeToggle={place}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onBlur={({ currentTarget, relatedTarget }) => relatedTarget !== null && !currentTarget.contains(relatedTarget) && close()}
      >
        {open && children(close)}
      </div>
    </>
  )
}

/** beside puts a panel under a button, or over one in the lower half of the screen, with their right edges in line. */
function beside(button: DOMRect, style: CSSStyleDeclaration) {
  const isLow = button.top > window.innerHeight / 2
  style.top = isLow ? 'auto' : `${button.bottom + gap}px`
  style.bottom = isLow ? `${window.innerHeight - button.top + gap}px` : 'auto'
  style.right = `${Math.max(edge, document.documentElement.clientWidth - button.right)}px`
}
