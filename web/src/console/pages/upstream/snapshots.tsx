import { openQuery } from '../../data'
import { type Column, DataTable } from '../../parts/datatable'
import { Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { lengthOf } from '../../text/lengths'
import { useWords } from '../../text/words'
import { upstreamDocument, type Snapshot } from './document'
import { listOf, parametersOf } from './standing'
import lines from '../../parts/lines.module.css'
import styles from './upstream.module.css'
import { words } from './words'

interface SnapshotsProps {
  snapshots: readonly Snapshot[]
  onOpen(operation: string): void
}

/** Snapshots is the list of what memory holds: how old it is, and why it is not newer. */
export function Snapshots({ snapshots, onOpen }: SnapshotsProps) {
  const say = useWords(words)
  const { count, duration } = useFormat()
  const columns: Column<Snapshot>[] = [
    { key: 'state', title: say.state, width: 136, cell: (snapshot) => <SnapshotState snapshot={snapshot} /> },
    { key: 'operation', title: say.operation, width: 252, cell: ({ operation }) => <span className={styles.mono}>{operation}</span> },
    { key: 'parameters', title: say.parameters, cell: (snapshot) => <Which snapshot={snapshot} /> },
    { key: 'lastError', title: say.lastError, width: 230, cell: ({ lastError }) => <LastError code={lastError} /> },
    { key: 'records', title: say.rows, width: 84, align: 'end', cell: ({ records }) => count(records) },
    { key: 'age', title: say.age, width: 110, align: 'end', cell: ({ fetchedAt }) => <Time at={fetchedAt} /> },
    { key: 'freshFor', title: say.freshFor, width: 100, align: 'end', hideBelow: 1100, cell: ({ freshFor }) => duration(lengthOf(freshFor)) },
    { key: 'lastTried', title: say.lastTried, width: 120, align: 'end', hideBelow: 1100, cell: ({ lastTriedAt }) => <Time at={lastTriedAt} /> },
  ]
  const rows = listOf(snapshots)
  return (
    <Panel title={say.snapshots} sub={say.snapshotsSub} query={openQuery(upstreamDocument, {})} flush>
      {rows.length === 0 ? (
        <Empty title={say.noSnapshots} icon="info" />
      ) : (
        <DataTable
          label={say.snapshots}
          columns={columns}
          rows={rows}
          rowKey={(snapshot) => `${snapshot.operation} ${parametersOf(snapshot)}`}
          phone={(snapshot) => <Phone snapshot={snapshot} />}
          onOpen={({ operation }) => onOpen(operation)}
        />
      )}
    </Panel>
  )
}

/** SnapshotState is how old it counts as; what failed stands out. */
export function SnapshotState({ snapshot: { state, refreshing, lastError } }: { snapshot: Snapshot }) {
  const say = useWords(words)
  const word = { FRESH: say.fresh, STALE: say.staleState, DEAD: say.dead }[state]
  return (
    <span className={styles.snapshot} data-state={state} data-failed={lastError !== null || undefined}>
      <span className={styles.dot} aria-hidden="true" /> {word}
      {refreshing && <span className={styles.refreshing}>{say.refreshing}</span>}
    </span>
  )
}

function Which({ snapshot }: { snapshot: Snapshot }) {
  const say = useWords(words)
  const text = parametersOf(snapshot)
  return text === '' ? <span className={styles.pale}>{say.whole}</span> : <span title={text}>{text}</span>
}

function LastError({ code }: { code: string | null }) {
  return code === null ? (
    '—'
  ) : (
    <span className={`${styles.mono} ${styles.error}`} title={code}>
      {code}
    </span>
  )
}

function Phone({ snapshot }: { snapshot: Snapshot }) {
  const say = useWords(words)
  const { count } = useFormat()
  return (
    <span className={lines.phone}>
      <span className={lines.line}>
        <span className={styles.mono}>{snapshot.operation}</span>
        <span className={lines.end}>
          <Time at={snapshot.fetchedAt} />
        </span>
      </span>
      <span className={lines.line} data-second>
        <SnapshotState snapshot={snapshot} />
        {snapshot.lastError === null ? <Which snapshot={snapshot} /> : <LastError code={snapshot.lastError} />}
        <span className={lines.end}>
          {say.rows} {count(snapshot.records)}
        </span>
      </span>
    </span>
  )
}
