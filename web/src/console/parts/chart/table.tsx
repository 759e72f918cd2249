import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import { words } from '../words'
import type { ChartSeries } from './series'
import styles from './table.module.css'

interface PointsTableProps {
  label: string
  series: readonly ChartSeries[]
  write(value: number): string
}

/** PointsTable is a chart's points as a table, the newest first. */
export function PointsTable({ label, series, write }: PointsTableProps) {
  const say = useWords(words)
  const { dateTime } = useFormat()
  const columns = series.flatMap((one) => [
    { key: one.key, title: one.label, values: new Map(one.points.map(({ at, value }) => [at, value])) },
    ...(one.upper === undefined ? [] : [{ key: `${one.key}-upper`, title: say.peak, values: new Map(one.upper.map(({ at, value }) => [at, value])) }]),
  ])
  const times = [...new Set(columns.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => Date.parse(b) - Date.parse(a))
  return (
    <div className={styles.scroll} role="group" aria-label={label} tabIndex={0}>
      <table className={styles.points}>
        <thead>
          <tr>
            <th scope="col">{say.time}</th>
            {columns.map(({ key, title }) => (
              <th key={key} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at) => (
            <tr key={at}>
              <th scope="row">{dateTime(at)}</th>
              {columns.map(({ key, values }) => {
                const value = values.get(at) ?? null
                return <td key={key}>{value === null ? '—' : write(value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
