import { Suspense, useState } from 'react'

import { later } from '../later'
import { useFormat } from '../text/format'
import { useWords } from '../text/words'
import { type ChartSeries, figuresOf } from './chart/series'
import { sentenceOf } from './chart/sentence'
import { PointsTable } from './chart/table'
import { Icon } from './icon'
import square from './square.module.css'
import styles from './timechart.module.css'
import { useWidth } from './width'
import { words } from './words'

export type { ChartSeries, Sample } from './chart/series'

// uPlot comes with the first chart, not with the page.
const Plot = later(() => import('./chart/plot'))

interface TimeChartProps {
  /** What is drawn: the sentence for screen readers begins with it. */
  label: string
  /** At most four lines; the first has an area under it. */
  series: readonly ChartSeries[]
  /** Unit of the values, as text behind each; per cent goes from 0 to 100. */
  unit: string
  threshold?: number | undefined
  /** The time that is shown, in milliseconds; samples need not fill it. */
  range: { from: number; to: number }
  /** What dragging over the chart chooses. */
  onRange?(from: Date, to: Date): void
  /** Charts of one group share the cursor. */
  cursorGroup?: string | undefined
  height?: number | undefined
  /** Writes a value with its unit; numbers of two places with the unit behind them where not given. */
  format?(value: number): string
}

/** TimeChart is values over time: from 0, gaps where samples are missing, and the same as a table. */
export function TimeChart(props: TimeChartProps) {
  const { label, series, unit, height = 190, threshold } = props
  const say = useWords(words)
  const { quantity, percent } = useFormat()
  const [table, setTable] = useState(false)
  const [box, width] = useWidth<HTMLDivElement>()
  const write = props.format ?? ((value: number) => (unit === '%' ? percent(value / 100) : quantity(Math.round(value * 10) / 10, unit)))
  // The unit stands in the head of the panel, so figures are without it.
  const bare = (value: number | null) => (value === null ? '—' : unit === '%' ? percent(value / 100) : quantity(Math.round(value * 10) / 10, null))
  const empty = series.every(({ points }) => points.every(({ value }) => value === null))

  const figures = (one: ChartSeries) => {
    const { average, peak } = figuresOf(one)
    return (
      <span className={styles.figures}>
        {say.average} <b>{bare(average)}</b> {say.peak} <b>{bare(peak)}</b>
      </span>
    )
  }
  return (
    <div className={styles.chart}>
      <div ref={box} className={styles.box} style={{ height }}>
        {empty ? (
          <div className={styles.none}>{say.noSamples}</div>
        ) : table ? (
          <PointsTable label={label} series={series} write={write} />
        ) : (
          <div role="img" aria-label={sentenceOf(label, series, say, write)} className={styles.plot} title={props.onRange === undefined ? undefined : say.dragHint}>
            {width > 0 && (
              <Suspense fallback={null}>
                <Plot {...props} peak={say.peak} width={width} height={height} write={write} />
              </Suspense>
            )}
          </div>
        )}
      </div>
      <div className={styles.foot}>
        {!empty && (
          <button type="button" className={`${square.square} ${styles.switch}`} aria-pressed={table} aria-label={`${label}: ${say.asTable}`} title={table ? say.asChart : say.asTable} onClick={() => setTable(!table)}>
            <Icon name={table ? 'chart' : 'table'} size={14} />
          </button>
        )}
        <span className={styles.keys}>
          {series.map((one, index) => (
            <span key={one.key} className={styles.key}>
              <span className={styles.stroke} data-line={(index % 3) + 1} aria-hidden="true" /> {one.label}
              {!empty && series.length > 1 && figures(one)}
            </span>
          ))}
          {threshold !== undefined && (
            <span className={styles.key}>
              <span className={styles.stroke} data-line="limit" aria-hidden="true" /> {unit === '%' ? `${threshold}%` : write(threshold)}
            </span>
          )}
        </span>
        {!empty && series.length === 1 && series[0] !== undefined && <span className={styles.end}>{figures(series[0])}</span>}
      </div>
    </div>
  )
}
