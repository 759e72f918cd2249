import type { ReactNode } from 'react'

import { useFormat } from '../text/format'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { countOf, ranks, severities, type Severity, type SeverityCount } from './severities'
import styles from './severity.module.css'
import { words } from './words'

export { countOf, severities, type Severity, type SeverityCount } from './severities'

export type SeverityName = 'critical' | 'major' | 'minor' | 'warning' | 'unknown'

/** severityName names the tokens of a severity: `--critical-fill` and its like. */
export function severityName(severity: Severity | null | undefined): SeverityName {
  return severity === null || severity === undefined ? 'unknown' : (severity.toLowerCase() as SeverityName)
}

/** useSeverityWord gives the word of a severity in the page's language. */
export function useSeverityWord(): (severity: Severity | null | undefined) => string {
  const term = useWords(terms)
  return (severity) => term[severity ?? 'UNKNOWN']
}

// Shapes differ in outline first, so that they are told apart without colour.
const outlines: Record<SeverityName, ReactNode> = {
  critical: (
    <>
      <path d="M4.5 0.9h5l3.6 3.6v5l-3.6 3.6h-5L0.9 9.5v-5z" className={styles.critical} />
      <path d="M7 3.6v4.2M7 10.2v.1" className={styles.bang} />
    </>
  ),
  major: <path d="M7 1.4 13.2 12.4H0.8z" className={styles.major} />,
  minor: <path d="M7 1.1 12.9 7 7 12.9 1.1 7z" className={styles.minor} />,
  warning: <circle cx="7" cy="7" r="5.2" className={styles.warning} />,
  unknown: <rect x="1.8" y="1.8" width="10.4" height="10.4" rx="1" className={styles.unknown} />,
}

interface MarkProps {
  severity: Severity | null | undefined
  /** A cleared alarm keeps its shape, paler and with a tick. */
  cleared?: boolean | undefined
  /** Whether the word stands beside the shape; without it the word is what screen readers get. */
  word?: boolean | undefined
  /** Inside something that says the severity by itself. */
  silent?: boolean | undefined
  size?: number | undefined
}

/** SeverityMark is a severity: shape, then word, then colour. */
export function SeverityMark({ severity, cleared = false, word = false, silent = false, size = 12 }: MarkProps) {
  const say = useWords(words)
  const wordOf = useSeverityWord()
  const name = severityName(severity)
  const text = cleared ? `${wordOf(severity)}, ${say.cleared}` : wordOf(severity)
  return (
    <span className={styles.mark} data-severity={name} data-cleared={cleared || undefined} title={word || silent ? undefined : text}>
      <svg width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
        <g className={cleared ? styles.pale : undefined}>{outlines[name]}</g>
        {cleared && <path d="m4 7.2 2.2 2.2L10.2 5" className={styles.tick} />}
      </svg>
      {word && <span className={styles.word}>{wordOf(severity)}</span>}
      {!silent && (word ? cleared && <span className="visually-hidden">{say.cleared}</span> : <span className="visually-hidden">{text}</span>)}
    </span>
  )
}

interface CountsProps {
  counts: readonly SeverityCount[]
  /** Whether severities without alarms are left out. */
  some?: boolean | undefined
}

/** SeverityCounts is a row of shapes with their numbers; an unknown severity stands there only if there is one. */
export function SeverityCounts({ counts, some = false }: CountsProps) {
  const { count } = useFormat()
  const unknown = countOf(counts, null)
  const shown = severities.filter((severity) => !some || countOf(counts, severity) > 0)
  return (
    <span className={styles.counts}>
      {shown.map((severity) => (
        <span key={severity} className={styles.count} data-none={countOf(counts, severity) === 0 || undefined}>
          <SeverityMark severity={severity} /> {count(countOf(counts, severity))}
        </span>
      ))}
      {unknown > 0 && (
        <span className={styles.count}>
          <SeverityMark severity={null} /> {count(unknown)}
        </span>
      )}
    </span>
  )
}

/** SeverityBar is one bar that severities share; the numbers stand beside it, so it says nothing by itself. */
export function SeverityBar({ counts, height = 5 }: { counts: readonly SeverityCount[]; height?: number | undefined }) {
  const parts = ranks.map((severity) => ({ name: severityName(severity), n: countOf(counts, severity) })).filter(({ n }) => n > 0)
  return (
    <span className={styles.bar} style={{ height }} aria-hidden="true">
      {parts.map(({ name, n }) => (
        <span key={name} className={styles.part} data-severity={name} style={{ flexGrow: n }} />
      ))}
    </span>
  )
}
