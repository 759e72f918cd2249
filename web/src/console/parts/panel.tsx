import { type ReactNode, useId } from 'react'

import { useWords } from '../text/words'
import { Icon } from './icon'
import styles from './panel.module.css'
import square from './square.module.css'
import { words } from './words'

interface PanelProps {
  title: ReactNode
  sub?: ReactNode
  /** How old the data are, or what they are as of; stands at the right, before what is extra. */
  age?: ReactNode
  /** Address of the playground with the panel's query in it; made by openQuery. */
  query?: string | undefined
  extra?: ReactNode
  /** Without padding around the content: for lists and tables. */
  flush?: boolean | undefined
  /** Stays as high as its content where a row of panels is higher. */
  className?: string | undefined
  children?: ReactNode
}

/** Panel is a framed part of a page with a head: what it shows, how old that is, and its query. */
export function Panel({ title, sub, age, query, extra, flush = false, className, children }: PanelProps) {
  const id = useId()
  // One that is folded is a head alone.
  const hasBody = children !== undefined && children !== null && children !== false
  return (
    <div role="group" aria-labelledby={id} className={`${styles.panel} ${className ?? ''}`}>
      <div className={styles.head} data-flush={(flush && hasBody) || undefined}>
        <div className={styles.heading}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {sub !== undefined && sub !== null && sub !== '' && <div className={styles.sub}>{sub}</div>}
        </div>
        <div className={styles.right}>
          {age !== undefined && age !== null && <span className={styles.age}>{age}</span>}
          {extra}
          {query !== undefined && <QueryLink href={query} of={typeof title === 'string' ? title : undefined} />}
        </div>
      </div>
      {hasBody && (
        <div className={styles.body} data-flush={flush || undefined}>
          {children}
        </div>
      )}
    </div>
  )
}

/** QueryLink opens what is shown as a query in the playground, which does not run it by itself. */
export function QueryLink({ href, of }: { href: string; of?: string | undefined }) {
  const say = useWords(words)
  return (
    <a href={href} className={`${square.square} ${styles.query}`} title={say.openQuery} aria-label={of === undefined ? say.openQuery : say.queryOf(of)}>
      <Icon name="query" />
    </a>
  )
}
