import { csv } from '../../../playground/csv'
import type { Cell, Forecast } from './documents'
import { keyOf, totalOf } from './figures'

const columns = [
  'region', 'service', 'zone', 'model', 'unit', 'allocated', 'available', 'total', 'allocation', 'level', 'observedAt',
  'outlook', 'perDay', 'fullInDays', 'fullInDaysFrom', 'fullInDaysTo',
]

/** saveCells hands the cells of the page to the browser as a table. Its columns have the schema's names, in any language. */
export function saveCells(cells: readonly Cell[], forecasts: ReadonlyMap<string, Forecast | null> | undefined): void {
  const rows = cells.map((cell) => {
    const forecast = forecasts?.get(keyOf(cell)) ?? null
    return [
      cell.regionCode, cell.type, cell.zone, cell.metricType, cell.unit, cell.sum.allocated, cell.sum.available, totalOf(cell), cell.sum.allocation,
      cell.level, cell.sum.oldestObservedAt, forecast?.outlook ?? null, forecast?.perDay ?? null, forecast?.fullInDays ?? null,
      forecast?.fullInDaysFrom ?? null, forecast?.fullInDaysTo ?? null,
    ]
  })
  const link = document.createElement('a')
  // A spreadsheet takes a file for UTF-8 by this mark.
  link.href = URL.createObjectURL(new Blob(['\ufeff', csv(columns, rows)], { type: 'text/csv' }))
  link.download = 'capacity.csv'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
