import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import { Panel } from '../../parts/panel'
import { TimeChart } from '../../parts/timechart'
import { Time } from '../../parts/time'
import { settings } from '../../settings'
import styles from './host.module.css'
import type { Shown } from './series'
import { words } from './words'

export interface ChartTime {
  range: { from: number; to: number }
  onRange(from: Date, to: Date): void
}

interface ChartPanelProps extends ChartTime {
  title: string
  /** Undefined where the upstream has no such metric: why says it. */
  shown: Shown | undefined
  why: string
  query: string
  note?: string | undefined
}

/** ChartPanel is one metric, or a few of one unit, over time. All of them on the page share one cursor. */
export function ChartPanel({ title, shown, why, query, note, range, onRange }: ChartPanelProps) {
  const single = shown?.series.length === 1 && (shown.unit === '%' || note !== undefined)
  const sub = shown === undefined ? undefined : single ? <Latest shown={shown} note={note} /> : [shown.unit, note].filter(Boolean).join(' · ')
  return (
    <Panel title={title} sub={sub} query={query}>
      {shown === undefined ? (
        <p className={styles.why}>{why}</p>
      ) : (
        <TimeChart
          label={title}
          series={shown.series}
          unit={shown.unit}
          threshold={shown.unit === '%' ? Math.round(settings.nearlyFull * 100) : undefined}
          range={range}
          onRange={onRange}
          cursorGroup="host"
        />
      )}
    </Panel>
  )
}

/** Latest is the newest value, large, with its age. */
function Latest({ shown, note }: { shown: Shown; note: string | undefined }) {
  const { percent, quantity } = useFormat()
  const [one] = shown.series
  const last = one?.last
  const value = last === null || last === undefined ? '—' : shown.unit === '%' ? percent(last / 100) : quantity(Math.round(last * 10) / 10, shown.unit)
  return (
    <span className={styles.latest}>
      <b className={styles.figure}>{value}</b>
      {one?.lastAt !== null && one?.lastAt !== undefined && <Time at={one.lastAt} />}
      {note !== undefined && <span>{note}</span>}
    </span>
  )
}

/** useWhy says why there is nothing to draw. */
export function useWhy() {
  const say = useWords(words)
  return (what: string, failed: boolean, measured: boolean) => (failed ? say.missing(what) : measured ? say.notMetric : say.noMetrics)
}
