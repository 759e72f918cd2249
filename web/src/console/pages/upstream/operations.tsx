import { openQuery } from '../../data'
import { type Column, DataTable } from '../../parts/datatable'
import { Panel } from '../../parts/panel'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { upstreamDocument, type Operation, type Snapshot } from './document'
import { oldestOf, type Row } from './standing'
import { State } from './state'
import lines from '../../parts/lines.module.css'
import styles from './upstream.module.css'
import { words } from './words'

interface OperationsProps {
  rows: readonly Row[]
  since: string
  open: string | undefined
  onOpen(name: string): void
}

/** Operations is the list of what the gateway may call, what is broken first. */
export function Operations({ rows, since, open, onOpen }: OperationsProps) {
  const say = useWords(words)
  const common = useWords(terms)
  const { count, percent, dateTime, exact } = useFormat()
  const columns: Column<Row>[] = [
    { key: 'state', title: say.state, width: 126, cell: ({ standing }) => <State standing={standing} /> },
    { key: 'operation', title: say.operation, cell: ({ operation }) => <Name operation={operation} /> },
    { key: 'system', title: say.system, width: 102, hideBelow: 900, cell: ({ operation }) => operation.system },
    { key: 'quota', title: say.quotaName, width: 100, hideBelow: 1300, cell: ({ operation }) => operation.quota?.name ?? '—' },
    { key: 'calls', title: say.calls, width: 70, align: 'end', cell: ({ operation }) => count(operation.calls) },
    { key: 'failures', title: say.failures, width: 76, align: 'end', cell: ({ operation }) => <Failures operation={operation} /> },
    { key: 'p50', title: say.p50, width: 86, align: 'end', hideBelow: 900, cell: ({ operation }) => <Took ms={operation.latency?.p50Ms} /> },
    { key: 'p99', title: say.p99, width: 86, align: 'end', hideBelow: 900, cell: ({ operation }) => <Took ms={operation.latency?.p99Ms} /> },
    { key: 'hits', title: common.cacheHits, width: 96, align: 'end', cell: ({ operation }) => percent(operation.cacheHitRatio) },
    { key: 'data', title: say.data, width: 146, align: 'end', cell: ({ snapshots }) => <Age snapshots={snapshots} /> },
  ]
  return (
    <Panel title={say.operations} sub={<span title={`${say.sinceTitle}: ${exact(since)}`}>{say.since(dateTime(since))}</span>} query={openQuery(upstreamDocument, {})} flush>
      <DataTable
        label={say.operations}
        columns={columns}
        rows={rows}
        rowKey={({ operation }) => operation.name}
        phone={(row) => <Phone row={row} />}
        open={open}
        onOpen={({ operation }) => onOpen(operation.name)}
        isOver={({ standing }) => standing === 'unconfigured'}
      />
    </Panel>
  )
}

function Name({ operation }: { operation: Operation }) {
  const say = useWords(words)
  return (
    <>
      <span className={styles.mono}>{operation.name}</span>
      {!operation.reads && (
        <span className={styles.command} title={say.commandTitle}>
          {say.command}
        </span>
      )}
    </>
  )
}

/** Failures are told in the colour of trouble only where there are some. */
function Failures({ operation: { failures, calls } }: { operation: Operation }) {
  const { count, percent } = useFormat()
  return (
    <span className={styles.failures} data-some={failures > 0 || undefined} title={failures > 0 ? percent(failures / calls) : undefined}>
      {count(failures)}
    </span>
  )
}

/** Took is a time in milliseconds: short ones with one place. */
export function Took({ ms }: { ms: number | null | undefined }) {
  const { quantity } = useFormat()
  return <>{quantity(ms === null || ms === undefined ? null : ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms), null)}</>
}

function Age({ snapshots }: { snapshots: readonly Snapshot[] }) {
  const say = useWords(words)
  const { count } = useFormat()
  const oldest = oldestOf(snapshots)
  if (oldest === undefined) {
    return '—'
  }
  const failed = snapshots.some(({ lastError }) => lastError !== null)
  return (
    <span className={styles.age} data-failed={failed || undefined}>
      <Time at={oldest.fetchedAt} />
      {snapshots.length > 1 && <span className={styles.lists}>{say.lists(count(snapshots.length))}</span>}
    </span>
  )
}

function Phone({ row: { operation, snapshots, standing } }: { row: Row }) {
  const say = useWords(words)
  const { count } = useFormat()
  const known = operation.latency
  return (
    <span className={lines.phone}>
      <span className={lines.line}>
        <State standing={standing} short />
        <span className={styles.mono}>{operation.name}</span>
        <span className={lines.end}>
          <Age snapshots={snapshots} />
        </span>
      </span>
      <span className={lines.line} data-second>
        {operation.calls === 0 ? say.noCalls : `${say.calls} ${count(operation.calls)}`}
        {operation.failures > 0 && (
          <span className={styles.failures} data-some>
            {say.failures} {count(operation.failures)}
          </span>
        )}
        {known !== null && (
          <span className={lines.end}>
            {say.median} <Took ms={known.p50Ms} /> · {say.slowest} <Took ms={known.p99Ms} /> {say.unit}
          </span>
        )}
      </span>
    </span>
  )
}
