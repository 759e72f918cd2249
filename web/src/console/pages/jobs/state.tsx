import type { ReactNode } from 'react'

import type { JobKind, JobStatus, UsageExportKind } from '../../generated/graphql'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import styles from './jobs.module.css'
import { words } from './words'

/** Standing is how a job is as a page tells it: its status, or why there is none. */
export type Standing = JobStatus | 'STARTED' | 'GONE' | 'MISSING'

/** standingOf tells an export whose state nobody reads from one with a state that nobody knows. */
export function standingOf(status: JobStatus, kind: JobKind): Standing {
  return status === 'UNKNOWN' && kind !== 'METER' ? 'STARTED' : status
}

/** isUnderWay is whether a state will still change. */
export function isUnderWay(standing: Standing): boolean {
  return standing === 'PENDING' || standing === 'RUNNING'
}

// Shape, then word, then colour.
const shapes: Record<Exclude<Standing, 'MISSING'>, ReactNode> = {
  PENDING: <circle cx="7" cy="7" r="5.2" fill="none" />,
  RUNNING: (
    <>
      <circle cx="7" cy="7" r="5.2" fill="none" />
      <path d="M7 1.8a5.2 5.2 0 0 1 0 10.4z" />
    </>
  ),
  SUCCEEDED: <path d="m2.4 7.4 3 3 6.2-6.6" fill="none" strokeWidth="2" />,
  FAILED: <path d="M4.5 0.9h5l3.6 3.6v5l-3.6 3.6h-5L0.9 9.5v-5z" />,
  EXPIRED: <circle cx="7" cy="7" r="5.2" fill="none" strokeDasharray="2.4 2" />,
  UNKNOWN: <circle cx="7" cy="7" r="5.2" fill="none" strokeDasharray="2.4 2" />,
  STARTED: <path d="M4 2.2v9.6L11.6 7z" fill="none" strokeLinejoin="round" />,
  GONE: <path d="M2.4 7h9.2" fill="none" />,
}

/** useStateWords gives the word of a state, and a sentence where the word says too little. */
function useStateWords(): (standing: Standing) => { word: string; title: string | undefined } {
  const say = useWords(words)
  const term = useWords(terms)
  return (standing) => {
    switch (standing) {
      case 'EXPIRED':
        return { word: say.EXPIRED, title: undefined }
      case 'STARTED':
        return { word: say.startedOnly, title: say.startedOnlyTitle }
      case 'GONE':
        return { word: say.gone, title: say.goneTitle }
      case 'MISSING':
        return { word: '—', title: say.stateMissing }
      default:
        return { word: term[standing], title: undefined }
    }
  }
}

/** StateOf is the state of a job; one that runs shows how far it is. */
export function StateOf({ standing, progress }: { standing: Standing; progress?: number | null | undefined }) {
  const { word, title } = useStateWords()(standing)
  const { percent } = useFormat()
  const running = isUnderWay(standing) && progress !== null && progress !== undefined
  return (
    <span className={styles.state} data-standing={standing} title={title}>
      {standing !== 'MISSING' && (
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          {shapes[standing]}
        </svg>
      )}
      {word}
      {running && (
        <>
          <Bar progress={progress} />
          <span className={styles.percent}>{percent(progress / 100)}</span>
        </>
      )}
    </span>
  )
}

/** Bar is how far a job is. It says nothing to screen readers: the per cent stands beside it. */
export function Bar({ progress }: { progress: number }) {
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.done} style={{ width: `${Math.min(Math.max(progress, 0), 100)}%` }} />
    </span>
  )
}

/** useKindWord names the kind of a job; exports are of users or of desktops. */
export function useKindWord(): (kind: JobKind, exported?: UsageExportKind | undefined) => string {
  const say = useWords(words)
  const term = useWords(terms)
  return (kind, exported) => {
    switch (kind) {
      case 'METER':
        return term.meteringJob
      case 'ASP_REPORT':
        return term.databaseReport
      case 'USAGE_EXPORT':
        return exported === 'USERS' ? term.userUsage : exported === 'DESKTOPS' ? term.desktopUsage : say.usageExport
    }
  }
}
