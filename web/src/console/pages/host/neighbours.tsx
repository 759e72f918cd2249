import { Link } from '../../address'
import { openQuery, useAnswer } from '../../data'
import { MeterCell } from '../../parts/meter'
import { Panel } from '../../parts/panel'
import { SeverityMark } from '../../parts/severity'
import { settings } from '../../settings'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Neighbours as Document } from './documents'
import styles from './host.module.css'
import { words } from './words'

/** most is how many hosts of a rack are shown. */
const most = 12

/** Neighbours are the other hosts of the same rack: whether it is this host, or all that stand beside it. */
export function Neighbours({ hostId, rack, region }: { hostId: string; rack: string; region: string | null | undefined }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count, dateTime } = useFormat()
  const variables = { filter: { racks: [rack], ...(region ? { regions: [region] } : {}) } }
  const { data, problems } = useAnswer(Document, variables, { own: true, every: 60_000 })
  const query = openQuery(Document, variables)
  if (!data?.hosts) {
    return problems.length === 0 ? null : (
      <Panel title={say.neighbours} query={query} flush>
        <p className={styles.none}>{term.notRead}</p>
      </Panel>
    )
  }
  // Where the upstream refuses to answer for all boards there is no figure to miss.
  const measured = data.busiestHosts ?? problems.every(({ code }) => code !== 'UPSTREAM_REJECTED')
  const others = data.hosts.nodes.filter((host) => host.hostId !== hostId)
  const figures = new Map((data.busiestHosts?.hosts ?? []).map((one) => [one.host.hostId, one]))
  const list = `/hosts?rack=${encodeURIComponent(rack)}${region ? `&region=${encodeURIComponent(region)}` : ''}`
  return (
    <Panel
      title={say.neighbours}
      sub={others.length > 0 ? count(Math.max((data.hosts.totalCount ?? 1) - 1, others.length)) : undefined}
      extra={others.length > 0 && <Link to={list} className={styles.all}>{say.allOfRack}</Link>}
      query={query}
      flush
    >
      {others.length === 0 ? (
        <p className={styles.none}>{say.alone}</p>
      ) : (
        <ul className={styles.alarms}>
          {others.slice(0, most).map((host) => {
            const figure = figures.get(host.hostId)
            const worst = host.alarms?.nodes[0]
            return (
              <li key={host.hostId}>
                <Link to={`/hosts/${encodeURIComponent(host.hostId)}`} className={styles.neighbour}>
                  <span className={styles.neighbourName}>{host.name ?? host.hostId}</span>
                  {worst ? <SeverityMark severity={worst.severity} /> : typeof host.alarms?.totalCount !== 'number' && <span title={`${term.alarms}: ${term.notRead}`}>—</span>}
                  {measured && (
                    <MeterCell
                      value={figure === undefined ? null : figure.value / 100}
                      nearlyFull={settings.nearlyFull}
                      full={settings.full}
                      label={say.cpu}
                      title={figure === undefined ? undefined : `${say.neighbourAge} ${dateTime(figure.observedAt)}`}
                    />
                  )}
                </Link>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
