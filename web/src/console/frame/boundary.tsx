import { Component, type ReactNode } from 'react'

import { useWords } from '../text/words'
import styles from './notice.module.css'
import { words } from './words'

interface State {
  fault: Error | undefined
}

/** Boundary keeps the frame when a page fails; another page begins anew. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { fault: undefined }

  static getDerivedStateFromError(fault: unknown): State {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) }
  }

  override render(): ReactNode {
    return this.state.fault === undefined ? this.props.children : <Failed fault={this.state.fault} />
  }
}

// A browser that has an old page asks for files that a newer gateway no longer has.
function isGone(fault: Error): boolean {
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
