import type { DataOf, Shown } from '../../data'
import type { CapacityUnit, CapacityZone } from '../../generated/graphql'
import type { Service } from '../../text/services'
import type { Forecasts, Physical, Pools } from './documents'

type Table = NonNullable<DataOf<typeof Pools>['allocationTable']>
export type Forecast = NonNullable<NonNullable<DataOf<typeof Forecasts>['allocationTable']>['cells'][number]['forecast']>
type PhysicalRow = NonNullable<NonNullable<DataOf<typeof Physical>['region']>['physicalCapacity']>[number]

/** Pool is what can be handed out of one model in one zone. */
export interface Pool {
  key: string
  zone: CapacityZone | null | undefined
  /** The zone as sent, where it is none that the schema knows. */
  zoneText?: string | null | undefined
  model: string | null | undefined
  metric?: string | null | undefined
  unit: CapacityUnit | null | undefined
  allocated: number | null
  available: number | null
  allocation: number | null
}

export interface ServicePools {
  service: Service
  pools: Pool[]
}

/** keyOf tells cells of the same table apart, and finds the forecast of one. */
export function keyOf(cell: { type?: string | null; zone?: string | null; metricType?: string | null; unit?: string | null }): string {
  return [cell.type, cell.zone, cell.metricType, cell.unit].join(' ')
}

/** poolsOf are the cells by service, as the gateway orders them: by service, zone and model. */
export function poolsOf(table: Table | null | undefined): ServicePools[] {
  const services = new Map<Service, Pool[]>()
  for (const cell of table?.cells ?? []) {
    if (cell.type !== null && cell.type !== undefined) {
      const pool: Pool = { key: keyOf(cell), zone: cell.zone, model: cell.metricType, unit: cell.unit, ...cell.sum }
      services.set(cell.type, [...(services.get(cell.type) ?? []), pool])
    }
  }
  return [...services].map(([service, pools]) => ({ service, pools }))
}

/** forecastsOf are the forecasts by the key of their cell; undefined while they are being read, and none where they could not be. */
export function forecastsOf({ data, problems }: Pick<Shown<DataOf<typeof Forecasts>>, 'data' | 'problems'>): Map<string, Forecast> | undefined {
  if (data === undefined && problems.length === 0) {
    return undefined
  }
  const cells = data?.allocationTable?.cells ?? []
  return new Map(cells.flatMap((cell) => (cell.forecast ? [[keyOf(cell), cell.forecast] as const] : [])))
}

/** physicalOf are the physical pools as such, by kind of device. */
export function physicalOf(rows: readonly PhysicalRow[]): { device: PhysicalRow['deviceType']; pools: Pool[] }[] {
  const devices = new Map<PhysicalRow['deviceType'], Pool[]>()
  rows.forEach(({ deviceType, zone, zoneText, resourceType, metricType, unit, allocated, available, allocation }, at) => {
    // The metric of storage repeats its class.
    const metric = metricType?.toLowerCase() === resourceType?.toLowerCase() ? undefined : metricType
    const pool: Pool = { key: String(at), zone, zoneText, model: resourceType, metric, unit, allocated, available, allocation }
    devices.set(deviceType, [...(devices.get(deviceType) ?? []), pool])
  })
  return [...devices].map(([device, pools]) => ({ device, pools }))
}

/** shareOf is how much of several pools of one unit is handed out. */
export function shareOf(rows: readonly PhysicalRow[], device: PhysicalRow['deviceType'], metric?: string): number | null {
  const counted = rows.filter(
    ({ deviceType, metricType, allocated, available }) =>
      deviceType === device && (metric === undefined || metricType === metric) && typeof allocated === 'number' && typeof available === 'number',
  )
  const allocated = counted.reduce((sum, row) => sum + (row.allocated ?? 0), 0)
  const all = counted.reduce((sum, row) => sum + (row.allocated ?? 0) + (row.available ?? 0), 0)
  return all > 0 ? allocated / all : null
}

/** fullestOf is the pool of which the least is left, by its share. */
export function fullestOf(services: readonly ServicePools[]): { service: Service; pool: Pool } | undefined {
  return services
    .flatMap(({ service, pools }) => pools.map((pool) => ({ service, pool })))
    .filter(({ pool }) => typeof pool.allocation === 'number')
    .toSorted((a, b) => (b.pool.allocation ?? 0) - (a.pool.allocation ?? 0))[0]
}
