import { Component, type ComponentType, type ReactNode } from 'react'

import { useWords } from '../text/words'
import styles from './notice.module.css'
import { words } from './words'

interface State {
  fault: Error | undefined
}

interface BoundaryProps {
  children: ReactNode
  /** What stands there when it has failed; the notice of a page where it is left out. */
  instead?: ComponentType<{ fault: Error }>
}

/** Boundary keeps the frame when a part of the console fails; another page begins anew. */
export class Boundary extends Component<BoundaryProps, State> {
  override state: State = { fault: undefined }

  static getDerivedStateFromError(fault: unknown): State {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) }
  }

  override render(): ReactNode {
    const { fault } = this.state
    const { children, instead: Instead = Failed } = this.props
    return fault === undefined ? children : <Instead fault={fault} />
  }
}

/** isGone tells that a file of the console did not come: a newer gateway no longer has it, or it was away when the browser asked. */
export function isGone(fault: Error): boolean {
  return /dynamically imported module|preload CSS|module script failed/i.test(fault.message)
}

function Failed({ fault }: { fault: Error }) {
  const say = useWords(words)
  const gone = isGone(fault)
  return (
    <div role="alert" className={styles.notice}>
      <h1 className={styles.title}>{gone ? say.oldTitle : say.failedTitle}</h1>
      <p className={styles.text}>{gone ? say.oldText : say.failedText}</p>
      {!gone && <pre className={styles.details}>{fault.stack ?? fault.message}</pre>}
      <button type="button" className={styles.action} onClick={() => location.reload()}>
        {say.reload}
      </button>
    </div>
  )
}
