import { isMissing, type Problem } from '../../data/problems'
import type { AllocationDimension } from '../../generated/graphql'
import type { Cell, Forecast, Row, Service } from './documents'

/** Dimension is what rows or columns are, as the address names it. */
export type Dimension = 'region' | 'service' | 'zone' | 'model'

export const dimensions: readonly Dimension[] = ['region', 'service', 'zone', 'model']

/** named is how the schema calls a dimension. */
export const named: Record<Dimension, AllocationDimension> = { region: 'REGION', service: 'TYPE', zone: 'ZONE', model: 'METRIC_TYPE' }

type Named = Pick<Cell, 'regionCode' | 'type' | 'zone' | 'metricType'>

/** valueOf is what a cell says of a dimension; empty where its rows name none. */
export function valueOf(cell: Named, dimension: Dimension): string {
  const values = { region: cell.regionCode, service: cell.type, zone: cell.zone, model: cell.metricType }
  return values[dimension] ?? ''
}

/** keyOf names a cell among those of all tables, for the address: region, service, zone, model and unit. */
export function keyOf(cell: Named & Pick<Cell, 'unit'>): string {
  return [...dimensions.map((dimension) => valueOf(cell, dimension)), cell.unit ?? ''].join('/')
}

/**
 * unitsOf tells whether rows or columns are split by units: those whose things are counted in their own. Figures of several units are never
 * added, nor put into one cell.
 */
export function unitsOf(rows: Dimension, columns: Dimension): 'rows' | 'columns' {
  const counted = (dimension: Dimension) => dimension === 'service' || dimension === 'model'
  return counted(rows) && !counted(columns) ? 'rows' : 'columns'
}

/** Head is a row or a column: a value of its dimension, and a unit where it is split by them. */
export interface Head {
  key: string
  /** A cell of it, which knows its names. */
  cell: Cell
  unit: Cell['unit'] | undefined
}

export interface Matrix {
  rows: Head[]
  columns: Head[]
  cellOf(row: Head, column: Head): Cell | undefined
  /** The sum of a column, or of a row, whichever has one unit. */
  sumOf(head: Head): Cell | undefined
}

/** matrixOf puts cells into rows and columns, in the order of the answer. */
export function matrixOf(cells: readonly Cell[], sums: readonly Cell[], rows: Dimension, columns: Dimension): Matrix {
  const split = unitsOf(rows, columns)
  const rowKey = (cell: Cell) => headKey(cell, rows, split === 'rows')
  const columnKey = (cell: Cell) => headKey(cell, columns, split === 'columns')
  const places = new Map(cells.map((cell) => [`${rowKey(cell)} ${columnKey(cell)}`, cell]))
  const whole = new Map(sums.map((cell) => [split === 'rows' ? rowKey(cell) : columnKey(cell), cell]))
  return {
    rows: headsOf(cells, rows, rowKey, split === 'rows'),
    columns: headsOf(cells, columns, columnKey, split === 'columns'),
    cellOf: (row, column) => places.get(`${row.key} ${column.key}`),
    sumOf: (head) => whole.get(head.key),
  }
}

function headKey(cell: Cell, dimension: Dimension, split: boolean): string {
  return split ? `${valueOf(cell, dimension)}/${cell.unit ?? ''}` : valueOf(cell, dimension)
}

function headsOf(cells: readonly Cell[], dimension: Dimension, keyOfCell: (cell: Cell) => string, split: boolean): Head[] {
  const heads = new Map<string, Head>()
  // The answer orders by the first dimension; columns are ordered by the whole, in which a service comes before the next one.
  const values = [...new Set(cells.map((cell) => valueOf(cell, dimension)))]
  for (const cell of cells) {
    const key = keyOfCell(cell)
    if (!heads.has(key)) {
      heads.set(key, { key, cell, unit: split ? cell.unit : undefined })
    }
  }
  const order = dimension === 'service' ? serviceOrder : dimension === 'region' ? values.toSorted() : values
  const place = (head: Head) => {
    const at = order.indexOf(valueOf(head.cell, dimension))
    return at < 0 ? order.length : at
  }
  return [...heads.values()].toSorted((a, b) => place(a) - place(b))
}

// As the schema orders them, which is how a reader finds them again whatever a region has.
const serviceOrder: readonly string[] = ['ECS_VM', 'BMS', 'EVS', 'OBS', 'EIP', 'RDS', 'DCC', 'DEH', 'SFS', 'VPN']

/** byFullest orders cells: the highest share first, unknown ones last. */
export function byFullest(a: Cell, b: Cell): number {
  return (b.sum.allocation ?? -1) - (a.sum.allocation ?? -1) || (keyOf(a) < keyOf(b) ? -1 : 1)
}

/** atLeast keeps the cells whose share is known and high enough. */
export function atLeast(cells: readonly Cell[], least: number | undefined): readonly Cell[] {
  return least === undefined ? cells : cells.filter(({ sum }) => sum.allocation !== null && sum.allocation >= least)
}

/** rowsOf are the rows that a cell is made of: those that say of each dimension that was asked what it says, be it nothing. */
export function rowsOf(services: readonly Service[], cell: Cell, by: readonly Dimension[]): { service: Service; row: Row }[] {
  return services.flatMap((service) =>
    (service.capacity ?? []).flatMap((row) => {
      const { regionCode, type } = service
      const isOf = row.unit === cell.unit && by.every((dimension) => valueOf({ ...row, regionCode, type }, dimension) === valueOf(cell, dimension))
      return isOf ? [{ service, row }] : []
    }),
  )
}

type Forecasted = Named & Pick<Cell, 'unit'> & { forecast: Forecast | null }

/** Forecasts are those that are known, by the keys of their cells: null where there is no history. */
export type Forecasts = ReadonlyMap<string, Forecast | null>

/**
 * forecastsOf are the forecasts of an answer, without those that could not be read; undefined before there is one, or where all of it
 * failed.
 */
export function forecastsOf(cells: readonly Forecasted[] | undefined, problems: Problem[]): Forecasts | undefined {
  return (
    cells &&
    new Map(
      cells
        .filter(({ forecast }, at) => forecast !== null || !isMissing(problems, `table.cells.${at}.forecast`))
        .map((cell) => [keyOf(cell), cell.forecast]),
    )
  )
}

/** Filling is a cell with what is expected of it. */
export interface Filling {
  cell: Cell
  forecast: Forecast
}

/** most is how many of those that fill first are listed. */
const most = 10

/**
 * fillingOf lists what fills first: what grows, by its days; behind it what does not, but may, by its earliest end. What neither grows nor may
 * grow is not there.
 */
export function fillingOf(cells: readonly Cell[], forecasts: Forecasts): Filling[] {
  const rank = ({ forecast }: Filling) => (forecast.outlook === 'GROWING' || forecast.fullInDays === 0 ? (forecast.fullInDays ?? 0) : 1000 + (forecast.fullInDaysFrom ?? 0))
  return cells
    .flatMap((cell): Filling[] => {
      const forecast = forecasts.get(keyOf(cell))
      return forecast === undefined || forecast === null || !mayFill(forecast) ? [] : [{ cell, forecast }]
    })
    .toSorted((a, b) => rank(a) - rank(b) || byFullest(a.cell, b.cell))
    .slice(0, most)
}

function mayFill({ outlook, fullInDays, fullInDaysFrom }: Forecast): boolean {
  return outlook === 'GROWING' || fullInDays === 0 || (outlook !== 'TOO_LITTLE_HISTORY' && fullInDaysFrom !== null && fullInDaysFrom <= 365)
}

/** urgencyOf: what is full within a month must be ordered now, within three it must be planned. */
export function urgencyOf(days: number | null | undefined): 'nearly' | 'full' | undefined {
  return days === null || days === undefined || days > 90 ? undefined : days > 30 ? 'nearly' : 'full'
}

/** totalOf is what can be handed out in all; null where either part is not known. */
export function totalOf({ sum }: { sum: Pick<Cell['sum'], 'allocated' | 'available'> }): number | null {
  return sum.allocated === null || sum.available === null ? null : sum.allocated + sum.available
}
