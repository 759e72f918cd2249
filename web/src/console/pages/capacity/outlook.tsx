import { useMemo } from 'react'

import { type ChartSeries, TimeChart } from '../../parts/timechart'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import styles from './capacity.module.css'
import type { Cell, Forecast } from './documents'
import { totalOf } from './figures'
import { useNames } from './names'
import { words } from './words'

const day = 86_400_000

/** Outlook is a forecast as a sentence and as a line. */
export function Outlook({ cell, forecast }: { cell: Cell; forecast: Forecast | null }) {
  const say = useWords(words)
  const { unit } = useNames()
  const { quantity, count } = useFormat()
  const sentences = useSentences()
  const lines = useLines(cell, forecast)
  if (forecast === null) {
    return <p className={styles.note}>{say.sayNone}</p>
  }
  const perDay = forecast.perDay === null ? undefined : Math.round(forecast.perDay * 100) / 100
  return (
    <>
      <p className={styles.told}>{sentences(forecast).join(' ')}</p>
      <p className={styles.pale}>
        {perDay !== undefined && `${say.perDayOf(`${perDay > 0 ? '+' : ''}${quantity(perDay, '')}`, unit(cell.unit))} · `}
        {say.basis(count(forecast.days))}
      </p>
      {lines !== undefined && (
        <TimeChart label={say.line} series={lines.series} unit={unit(cell.unit)} threshold={totalOf(cell) ?? undefined} range={lines.range} height={200} />
      )}
    </>
  )
}

/** useSentences says what a forecast means. */
function useSentences(): (forecast: Forecast) => string[] {
  const say = useWords(words)
  const { count, date } = useFormat()
  const whole = (days: number) => count(Math.floor(days))
  return (forecast) => {
    const { outlook, fullInDays, fullInDaysFrom: from, fullInDaysTo: to } = forecast
    const resized = outlook === 'RESIZED' ? [say.sayResized(date(forecast.from))] : []
    if (outlook === 'TOO_LITTLE_HISTORY') {
      return [say.sayShort]
    }
    if (fullInDays === 0) {
      return [...resized, say.sayNow]
    }
    const bounds = from === null ? [] : [to === null ? say.sayFrom(whole(from)) : say.sayBounds(whole(from), whole(to))]
    if (fullInDays !== null && fullInDays <= 365) {
      const at = new Date(Date.parse(forecast.to) + fullInDays * day).toISOString()
      return [...resized, say.sayGrowing(whole(fullInDays), date(at)), ...bounds]
    }
    return [...resized, ...(outlook === 'STEADY' ? [say.saySteady] : outlook === 'SHRINKING' ? [say.sayShrinking] : []), ...bounds]
  }
}

/** useLines are what was, and what comes: as far ahead as it takes to be full, two weeks at least and two months at most. */
function useLines(cell: Cell, forecast: Forecast | null): { series: ChartSeries[]; range: { from: number; to: number } } | undefined {
  const say = useWords(words)
  return useMemo(() => {
    const first = forecast?.points[0]
    const last = forecast?.points.at(-1)
    if (forecast === null || first === undefined || last === undefined) {
      return undefined
    }
    const ahead = Math.ceil(Math.min(60, Math.max(14, (forecast.fullInDays ?? forecast.fullInDaysFrom ?? 14) + 3)))
    const series: ChartSeries[] = [{ key: 'allocated', label: say.allocatedLine, points: forecast.points }]
    const { perDay, fullInDaysFrom: fast, fullInDaysTo: slow } = forecast
    const top = totalOf(cell)
    if (perDay !== null && top !== null) {
      const left = top - last.value
      const along = (slope: number) =>
        Array.from({ length: ahead + 1 }, (_, days) => ({
          at: new Date(Date.parse(last.at) + days * day).toISOString(),
          value: Math.max(0, Math.min(top, last.value + slope * days)),
        }))
      series.push({ key: 'forecast', label: say.forecastLine, points: along(perDay) })
      if (fast !== null && fast > 0) {
        series.push({ key: 'bounds', label: say.boundsLine, points: along(slow !== null && slow > 0 ? left / slow : Math.min(0, perDay)), upper: along(left / fast) })
      }
    }
    return { series, range: { from: Date.parse(first.at), to: Date.parse(last.at) + ahead * day } }
  }, [cell, forecast, say])
}
