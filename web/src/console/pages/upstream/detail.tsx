import { Drawer } from '../../parts/drawer'
import { Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { lengthOf } from '../../text/lengths'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Snapshot } from './document'
import { Took } from './operations'
import { SnapshotState } from './snapshots'
import { listOf, parametersOf, type Row } from './standing'
import { State } from './state'
import lines from '../../parts/lines.module.css'
import styles from './upstream.module.css'
import { words } from './words'

interface DetailProps {
  /** Name of the operation; undefined while the drawer is closed. */
  name: string | undefined
  rows: readonly Row[]
  onClose(): void
}

/** Detail is all that is known of one operation. */
export function Detail({ name, rows, onClose }: DetailProps) {
  const say = useWords(words)
  const row = rows.find(({ operation }) => operation.name === name)
  return (
    <Drawer open={name !== undefined} onClose={onClose} title={<span className={styles.mono}>{name}</span>} extra={row !== undefined && <State standing={row.standing} />}>
      {row === undefined ? name !== undefined && <Empty title={say.notFound(name)} /> : <Known row={row} />}
    </Drawer>
  )
}

function Known({ row: { operation, snapshots, standing } }: { row: Row }) {
  const say = useWords(words)
  const common = useWords(terms)
  const { count, percent, duration } = useFormat()
  const { latency } = operation
  return (
    <div className={styles.detail}>
      <p className={styles.help}>{say[`${standing}Help`]}</p>
      <h3 className={styles.part}>{say.facts}</h3>
      <Facts
        facts={[
          { name: say.system, value: operation.system },
          { name: say.kind, value: operation.reads ? say.reads : say.command },
          { name: say.quotaName, value: operation.quota?.name ?? say.noQuota },
          { name: say.calls, value: count(operation.calls) },
          { name: say.failures, value: operation.failures === 0 ? '0' : `${count(operation.failures)} · ${percent(operation.failures / operation.calls)}` },
          { name: common.cacheHits, value: percent(operation.cacheHitRatio) },
          { name: say.hits, value: count(operation.cacheHits) },
          { name: say.misses, value: count(operation.cacheMisses) },
        ]}
      />
      <h3 className={styles.part}>{say.latency}</h3>
      {latency === null ? (
        <p className={styles.help}>{say.noLatency}</p>
      ) : (
        <>
          <p className={styles.help}>{say.latencyOf(count(latency.calls), duration(lengthOf(latency.window)))}</p>
          <dl className={styles.latency}>
            <Quantile name="p50" ms={latency.p50Ms} />
            <Quantile name="p90" ms={latency.p90Ms} />
            <Quantile name="p99" ms={latency.p99Ms} />
            <Quantile name={say.longest} ms={latency.maxMs} />
          </dl>
        </>
      )}
      {snapshots.length > 0 && (
        <>
          <h3 className={styles.part}>{say.snapshots}</h3>
          <ul className={styles.list}>
            {listOf(snapshots).map((snapshot) => (
              <Held key={parametersOf(snapshot)} snapshot={snapshot} />
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Quantile({ name, ms }: { name: string; ms: number }) {
  const say = useWords(words)
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Took ms={ms} /> {say.unit}
      </dd>
    </div>
  )
}

function Held({ snapshot }: { snapshot: Snapshot }) {
  const say = useWords(words)
  const { count, duration } = useFormat()
  return (
    <li className={styles.held}>
      <span className={lines.line}>
        {parametersOf(snapshot) || say.whole}
        <span className={lines.end}>
          <SnapshotState snapshot={snapshot} />
        </span>
      </span>
      <span className={lines.line} data-second>
        <span>
          {say.rows} {count(snapshot.records)} · <Time at={snapshot.fetchedAt} /> · {say.freshFor} {duration(lengthOf(snapshot.freshFor))}
        </span>
      </span>
      {snapshot.lastError !== null && (
        <span className={lines.line} data-second>
          <span className={`${styles.mono} ${styles.error}`}>{snapshot.lastError}</span>
          <span className={lines.end}>
            {say.lastTried} <Time at={snapshot.lastTriedAt} />
          </span>
        </span>
      )}
    </li>
  )
}
