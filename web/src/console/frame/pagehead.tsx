import { useEffect, type ReactNode } from 'react'

import { useLive, useReports } from '../data'
import { settings } from '../settings'
import { useNow } from '../text/clock'
import { useFormat } from '../text/format'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import styles from './pagehead.module.css'
import { useProblemWords } from './problemwords'
import { Strip } from './strip'
import { words } from './words'

/** HeadAge is when some of the page's data were read: `alarms 12 s ago`. */
interface HeadAge {
  label: string
  at: string | null | undefined
  /** Why they are older than they should be, where they are. */
  stale?: string | null | undefined
}

export interface PageHeadProps {
  /** What the page is about: its h1, and the document's title. */
  title: string
  sub?: ReactNode
  extra?: ReactNode
  /** Whether the title is an identifier. */
  mono?: boolean | undefined
}

function Ages() {
  const ages = useAges()
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

const alarmLists = ['listCloudServiceAlarms', 'listDeviceAlarms']

/** useAges is how old the lists are that change all the time: the older one of the two that alarms come from. */
function useAges(): HeadAge[] {
  const say = useWords(words)
  const tell = useProblemWords()
  const { ages, stale } = useReports()
  const late = (operations: readonly string[]) => {
    const found = stale.find(({ operation }) => operations.includes(operation))
    return found === undefined ? undefined : [tell.operation(found.operation), found.reason].filter(Boolean).join(' · ')
  }
  const oldest = (operations: readonly string[]) =>
    ages
      .filter(({ operation }) => operations.includes(operation))
      .map(({ oldest: at }) => at)
      .toSorted()[0]
  return [
    { label: say.alarmsAge, at: oldest(alarmLists), stale: late(alarmLists) },
    { label: say.hostsAge, at: oldest(['listHostDetails']), stale: late(['listHostDetails']) },
  ]
}

/**
 * PageHead is the first line of a page: what it is, how old its data are, and whether they follow what happens; below it, only when there
 * is something to say, what went wrong.
 */
export function PageHead({ title, sub, extra, mono = false }: PageHeadProps) {
  const say = useWords(terms)
  const state = useLive()
  useEffect(() => {
    document.title = `${title} · ${settings.siteName}`
  }, [title])
  return (
    <>
      <header className={styles.head}>
        <h1 className={styles.title} data-mono={mono || undefined}>
          {title}
        </h1>
        {sub !== undefined && <span className={styles.sub}>{sub}</span>}
        {settings.demo && <span className={styles.demo}>{say.demoData}</span>}
        <span className={styles.end}>
          <Ages />
          {state !== 'off' && (
            <span className={styles.live} data-state={state} role="status">
              {state === 'live' ? say.live : say.reconnecting}
            </span>
          )}
          {extra}
        </span>
      </header>
      <Strip />
    </>
  )
}
