import { Link } from '../../address'
import { openQuery, type DataOf, type Shown } from '../../data'
import { useRegionName } from '../../frame'
import { Bones, Empty } from '../../parts/empty'
import { Meter } from '../../parts/meter'
import { Panel } from '../../parts/panel'
import { countOf, SeverityMark } from '../../parts/severity'
import { Time } from '../../parts/time'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Busiest, Urgent } from './documents'
import { hasBoth, missingOf, mostUrgent, type Counted } from './figures'
import styles from './lists.module.css'
import { words } from './words'

const rows = 8

/** UrgentPanel is the active alarms that come first: the worst, and among these the newest. */
export function UrgentPanel({ urgent, counted }: { urgent: Shown<DataOf<typeof Urgent>>; counted: Counted }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const regionName = useRegionName()
  const alarms = mostUrgent(urgent.data, rows)
  const critical = countOf(counted.bySeverity, 'CRITICAL')
  const isWhole = hasBoth(urgent.data)
  const missing = missingOf(urgent.data) ?? counted.missing
  return (
    <Panel
      flush
      title={say.urgent}
      sub={
        (critical > 0 || missing) && (
          <span className={styles.counted}>
            {critical > 0 && (
              <>
                <SeverityMark severity="CRITICAL" /> {counted.missing ? say.atLeast(count(critical)) : count(critical)}
              </>
            )}
            {missing && <span>{say[missing]}</span>}
          </span>
        )
      }
      extra={
        <Link to="/alarms" className={styles.all}>
          {saidTerms.all}
        </Link>
      }
      query={openQuery(Urgent, {})}
    >
      {urgent.data === undefined && urgent.problems.length === 0 ? (
        <Bones rows={rows} height={46} />
      ) : alarms.length === 0 ? (
        <Empty title={isWhole ? say.urgentEmpty : saidTerms.notRead}>{isWhole && <Link to="/alarms?state=cleared">{say.urgentEmptyMore}</Link>}</Empty>
      ) : (
        <ul>
          {alarms.map(({ id, name, severity, lastOccurredAt, regionCode, managedElement }) => (
            <li key={id} className={styles.row}>
              <SeverityMark severity={severity} />
              <span className={styles.what}>
                <Link to={`/alarms?id=${encodeURIComponent(id)}`} className={styles.link}>
                  {name ?? id}
                </Link>
                <span className={styles.where}>{[regionName(regionCode), managedElement?.name].filter(Boolean).join(' · ')}</span>
              </span>
              <span className={styles.when}>
                <Time at={lastOccurredAt} seconds={10} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

// Boards sample at the same time of each hour: the head of the panel tells it for all, and a row only where it is another.
function isApart(at: string, first: string | undefined): boolean {
  return Math.abs(Date.parse(at) - Date.parse(first ?? at)) > 5 * 60_000
}

/**
 * BusiestPanel is the hosts whose boards had the highest figure at their latest hourly sample. Where the upstream does not answer for all
 * of its servers at once there is no such list, and no panel.
 */
export function BusiestPanel({ busiest }: { busiest: Shown<DataOf<typeof Busiest>> }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const { count } = useFormat()
  const regionName = useRegionName()
  const ranking = busiest.data?.busiestHosts
  return (
    <Panel
      flush
      title={say.busiest}
      age={ranking?.oldestObservedAt ? <Time at={ranking.hosts[0]?.observedAt ?? ranking.oldestObservedAt} seconds={10} /> : undefined}
      query={openQuery(Busiest, {})}
    >
      {ranking === undefined || ranking === null ? (
        busiest.problems.length === 0 ? (
          <Bones rows={rows} height={46} />
        ) : (
          <Empty title={saidTerms.notRead} />
        )
      ) : ranking.hosts.length === 0 ? (
        <Empty title={say.busiestEmpty} />
      ) : (
        <>
          <ol>
            {ranking.hosts.map(({ host, value, observedAt }) => (
              <li key={host.id} className={styles.row}>
                <span className={styles.what}>
                  <Link to={`/hosts/${encodeURIComponent(host.hostId)}`} className={`${styles.link} mono`}>
                    {host.name ?? host.hostId}
                  </Link>
                  <span className={styles.where}>
                    {regionName(host.regionCode)}
                    {isApart(observedAt, ranking.hosts[0]?.observedAt) && (
                      <>
                        {' '}
                        · <Time at={observedAt} seconds={10} />
                      </>
                    )}
                  </span>
                </span>
                <span className={styles.share}>
                  <Meter value={value / 100} nearlyFull={settings.nearlyFull} full={settings.full} label={host.name ?? host.hostId} />
                </span>
              </li>
            ))}
          </ol>
          {ranking.leftOut > 0 && <p className={styles.note}>{say.memoryUnknown(count(ranking.leftOut))}</p>}
        </>
      )}
    </Panel>
  )
}
