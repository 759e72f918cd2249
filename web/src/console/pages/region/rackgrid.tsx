import { go } from '../../address'
import { SeverityMark } from '../../parts/severity'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import type { Grouping, Host, Rack, RackGroup, Worst } from './racks'
import styles from './rackgrid.module.css'
import { words } from './words'

interface RackGridProps {
  groups: readonly RackGroup[]
  by: Grouping
  worst: Worst | undefined
  /** The rack of the list below. */
  chosen: string | undefined
  onChoose: (rack: string | undefined) => void
}

/**
 * RackGrid is the racks as they are: a cell for each host, by its worst alarm. A rack is one stop of the keyboard and chooses the list
 * below it, where its hosts are; the pointer opens a host at once.
 */
export function RackGrid({ groups, by, worst, chosen, onChoose }: RackGridProps) {
  const say = useWords(words)
  const { count } = useFormat()
  return (
    <div className={styles.groups}>
      {groups.map((group) => (
        <section key={group.name ?? ''}>
          <h3 className={styles.name}>
            {group.name ?? (by === 'cluster' ? say.noCluster : say.noRoom)} <span className={styles.more}>{say.hostsOf(count(group.hosts))}</span>
          </h3>
          <ul className={styles.racks}>
            {group.racks.map((rack) => (
              <RackBox key={rack.name ?? ''} rack={rack} worst={worst} isChosen={rack.name !== null && rack.name === chosen} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

interface RackBoxProps {
  rack: Rack
  worst: Worst | undefined
  isChosen: boolean
  onChoose: (rack: string | undefined) => void
}

function RackBox({ rack: { name, hosts }, worst, isChosen, onChoose }: RackBoxProps) {
  const say = useWords(words)
  const { count } = useFormat()
  const ill = hosts.filter(({ hostId }) => worst?.has(hostId))
  const critical = ill.filter(({ hostId }) => worst?.get(hostId) === 'CRITICAL').length
  return (
    <li className={styles.rack} data-critical={critical > 0 || undefined} data-chosen={isChosen || undefined}>
      <button
        type="button"
        className={styles.choose}
        aria-pressed={isChosen}
        disabled={name === null}
        onClick={() => onChoose(isChosen || name === null ? undefined : name)}
      >
        <span className={styles.rackName}>{name ?? say.noRack}</span>
        <span className={styles.more} aria-hidden="true">
          {count(hosts.length)}
        </span>
        <span className="visually-hidden">
          : {say.hostsOf(count(hosts.length))}
          {worst && say.rackAlarms(count(ill.length), count(critical))}
        </span>
      </button>
      <div className={styles.cells} aria-hidden="true">
        {hosts.map((host) => (
          <Cell key={host.id} host={host} worst={worst} />
        ))}
      </div>
    </li>
  )
}

function Cell({ host, worst }: { host: Host; worst: Worst | undefined }) {
  const say = useWords(words)
  const severity = worst?.get(host.hostId)
  const title = host.name ?? host.hostId
  return (
    <span
      className={styles.cell}
      title={worst && severity === undefined ? `${title} · ${say.noAlarm}` : title}
      onClick={() => go(`/hosts/${encodeURIComponent(host.hostId)}`)}
    >
      {severity !== undefined && <SeverityMark severity={severity} silent size={12} />}
    </span>
  )
}
