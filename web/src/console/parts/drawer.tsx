import type { ReactNode } from 'react'

import { Dialog } from './dialog'

interface DrawerProps {
  open: boolean
  onClose(): void
  title: ReactNode
  /** At the right of the title: a link, a copy button. */
  extra?: ReactNode
  width?: number | undefined
  children: ReactNode
}

/** Drawer slides in at the right, with more about what was opened in the page. */
export function Drawer({ width = 520, ...rest }: DrawerProps) {
  return <Dialog side width={width} {...rest} />
}
