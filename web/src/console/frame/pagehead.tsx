import { useEffect, type ReactNode } from 'react'

import { settings } from '../settings'
import { useNow } from '../text/clock'
import { useFormat } from '../text/format'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import styles from './pagehead.module.css'

/** HeadAge is when some of the page's data were read: `alarms 12 s ago`. */
export interface HeadAge {
  label: string
  at: string | null | undefined
  /** Why they are older than they should be, where they are. */
  stale?: string | null | undefined
}

export interface PageHeadProps {
  /** What the page is about: its h1, and the document's title. */
  title: string
  sub?: ReactNode
  ages?: readonly HeadAge[] | undefined
  /** The state of the page's subscription, where it has one. */
  live?: 'live' | 'reconnecting' | 'off' | undefined
  extra?: ReactNode
  /** Whether the title is an identifier. */
  mono?: boolean | undefined
}

function Ages({ ages }: { ages: readonly HeadAge[] }) {
  const now = useNow()
  const format = useFormat()
  return ages
    .filter(({ at }) => at !== null && at !== undefined)
    .map(({ label, at, stale }) => (
      <span key={label} className={styles.age} data-stale={stale ? true : undefined} title={stale ?? format.exact(at)}>
        {label} {format.age(at, now)}
      </span>
    ))
}

/** PageHead is the first line of a page: what it is, how old its data are, and whether they follow what happens. */
export function PageHead({ title, sub, ages = [], live, extra, mono = false }: PageHeadProps) {
  const say = useWords(terms)
  useEffect(() => {
    document.title = `${title} · ${settings.siteName}`
  }, [title])
  return (
    <header className={styles.head}>
      <h1 className={styles.title} data-mono={mono || undefined}>
        {title}
      </h1>
      {sub !== undefined && <span className={styles.sub}>{sub}</span>}
      {settings.demo && <span className={styles.demo}>{say.demoData}</span>}
      <span className={styles.end}>
        <Ages ages={ages} />
        {live !== undefined && live !== 'off' && (
          <span className={styles.live} data-state={live} role="status">
            {live === 'live' ? say.live : say.reconnecting}
          </span>
        )}
        {extra}
      </span>
    </header>
  )
}
