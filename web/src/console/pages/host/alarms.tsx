import { Link } from '../../address'
import { Panel } from '../../parts/panel'
import { SeverityMark, type Severity } from '../../parts/severity'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import styles from './host.module.css'
import { words } from './words'

interface AlarmsProps {
  hostId: string
  /** Null is not read. */
  alarms:
    | {
        totalCount?: number | null | undefined
        nodes: readonly { id: string; name?: string | null | undefined; severity?: Severity | null | undefined; cleared?: boolean | null | undefined; lastOccurredAt?: string | null | undefined }[]
      }
    | null
    | undefined
  query: string
}

/** HostAlarms are the latest alarms that were recognised as the host's. */
export function HostAlarms({ hostId, alarms, query }: AlarmsProps) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const all = `/alarms?host=${encodeURIComponent(hostId)}&state=all`
  const rows = alarms?.nodes ?? []
  return (
    <Panel
      title={term.alarms}
      sub={alarms === null || alarms === undefined ? undefined : count(alarms.totalCount)}
      extra={rows.length > 0 && <Link to={all} className={styles.all}>{say.alarmsAll}</Link>}
      query={query}
      flush
    >
      {rows.length === 0 ? (
        <p className={styles.none}>{alarms?.totalCount === 0 ? say.noAlarms : say.missing(term.alarms)}</p>
      ) : (
        <ul className={styles.alarms}>
          {rows.map((alarm) => (
            <li key={alarm.id}>
              <Link to={`${all}&id=${encodeURIComponent(alarm.id)}`} className={styles.alarm} data-over={alarm.cleared || undefined}>
                <SeverityMark severity={alarm.severity} cleared={alarm.cleared ?? false} />
                <span className={styles.alarmText}>
                  <span className={styles.alarmName}>{alarm.name ?? '—'}</span>
                  <span className={styles.alarmState}>{alarm.cleared ? say.cleared : say.active}</span>
                </span>
                <Time at={alarm.lastOccurredAt} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
