import { csv } from '../../../playground/csv'
import { offer } from '../../data'
import type { Cell } from './documents'
import { keyOf, totalOf, type Forecasts } from './figures'

const columns = [
  'region', 'service', 'zone', 'model', 'unit', 'allocated', 'available', 'total', 'allocation', 'level', 'observedAt',
  'outlook', 'perDay', 'fullInDays', 'fullInDaysFrom', 'fullInDaysTo',
]

/**
 * saveCells hands the cells of the page to the browser as a table. Its columns have the schema's names, in any language. An outlook that is
 * not known is NOT_READ; one of a cell without a history is empty.
 */
export function saveCells(cells: readonly Cell[], forecasts: Forecasts | undefined): void {
  const rows = cells.map((cell) => {
    const forecast = forecasts?.get(keyOf(cell))
    return [
      cell.regionCode, cell.type, cell.zone, cell.metricType, cell.unit, cell.sum.allocated, cell.sum.available, totalOf(cell), cell.sum.allocation,
      cell.level, cell.sum.oldestObservedAt, forecast === undefined ? 'NOT_READ' : (forecast?.outlook ?? null), forecast?.perDay ?? null, forecast?.fullInDays ?? null,
      forecast?.fullInDaysFrom ?? null, forecast?.fullInDaysTo ?? null,
    ]
  })
  // A spreadsheet takes a file for UTF-8 by this mark.
  offer(new Blob(['\ufeff', csv(columns, rows)], { type: 'text/csv' }), 'capacity.csv')
}
