import type { ReactNode } from 'react'

/** Frame is what stands around every page. */
export function Frame({ children }: { children: ReactNode }) {
  return <main id="main">{children}</main>
}
