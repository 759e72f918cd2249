import type { DataOf } from '../../data'
import { services, type Service } from '../../text/services'
import { countOf, ranks, type Severity, type SeverityCount } from '../../parts/severities'
import type { Alarms, Allocation, Trend, Urgent } from './documents'

type AlarmData = DataOf<typeof Alarms>
type AllocationData = DataOf<typeof Allocation>
export type Cell = NonNullable<AllocationData['allocationTable']>['cells'][number]

/** Counted is what both alarm lists have together. One that could not be read makes it a part of what there is. */
export interface Counted {
  active: number
  total: number
  bySeverity: SeverityCount[]
  byRegion: Map<string, SeverityCount[]>
  /** none: neither list; part: one of them; whole: both. */
  known: 'none' | 'part' | 'whole'
  missing: Missing | undefined
}

/** Missing is which of the two lists of alarms an answer does not have, as the words call it. */
export type Missing = 'noCloud' | 'noDevice'

type Lists = { cloud?: unknown; device?: unknown } | undefined

/** hasBoth is whether both lists could be read: nothing is said to be empty otherwise. */
export function hasBoth(lists: Lists): boolean {
  return isThere(lists?.cloud) && isThere(lists?.device)
}

/** missingOf is the list that could not be read where the other one could. */
export function missingOf(lists: Lists): Missing | undefined {
  const [cloud, device] = [isThere(lists?.cloud), isThere(lists?.device)]
  return cloud === device ? undefined : cloud ? 'noDevice' : 'noCloud'
}

function isThere(list: unknown): boolean {
  return list !== null && list !== undefined
}

function add(to: SeverityCount[], more: readonly SeverityCount[]): SeverityCount[] {
  const sums = new Map<Severity | null, number>()
  for (const { severity, count } of [...to, ...more]) {
    sums.set(severity ?? null, (sums.get(severity ?? null) ?? 0) + count)
  }
  return [...sums].map(([severity, count]) => ({ severity, count }))
}

/** countAlarms adds the two lists up. */
export function countAlarms(data: AlarmData | undefined): Counted {
  const lists = [data?.cloud, data?.device].filter((list) => list !== null && list !== undefined)
  const missing = missingOf(data)
  const known = lists.length === 0 ? 'none' : missing === undefined ? 'whole' : 'part'
  const counted: Counted = { active: 0, total: 0, bySeverity: [], byRegion: new Map(), known, missing }
  for (const list of lists) {
    counted.active += list.active
    counted.total += list.total
    counted.bySeverity = add(counted.bySeverity, list.bySeverity)
    for (const { regionCode, bySeverity } of list.byRegion) {
      counted.byRegion.set(regionCode ?? '', add(counted.byRegion.get(regionCode ?? '') ?? [], bySeverity))
    }
  }
  return counted
}

/** byUrgency orders by the count of critical alarms, then of major ones, and so on: not by the sum, which a flood of hints would win. */
export function byUrgency(a: readonly SeverityCount[], b: readonly SeverityCount[]): number {
  for (const severity of ranks) {
    const difference = countOf(b, severity) - countOf(a, severity)
    if (difference !== 0) {
      return difference
    }
  }
  return 0
}

/** cellsOf are the cells of the table by region and service: a service with several units has one for each, the fullest first. */
export function cellsOf(cells: readonly Cell[]): Map<string, Map<Service, Cell[]>> {
  const table = new Map<string, Map<Service, Cell[]>>()
  for (const cell of cells) {
    if (cell.type !== null && cell.type !== undefined) {
      const row = table.get(cell.regionCode ?? '') ?? new Map<Service, Cell[]>()
      const column = [...(row.get(cell.type) ?? []), cell].toSorted((a, b) => (b.sum.allocation ?? -1) - (a.sum.allocation ?? -1))
      table.set(cell.regionCode ?? '', row.set(cell.type, column))
    }
  }
  return table
}

/** columnsOf are the services that any region has figures of, in their usual order. */
export function columnsOf(table: Map<string, Map<Service, Cell[]>>): Service[] {
  const seen = new Set([...table.values()].flatMap((row) => [...row.keys()]))
  return services.filter((service) => seen.has(service))
}

type UrgentData = DataOf<typeof Urgent>
export type UrgentAlarm = NonNullable<UrgentData['cloud']>['nodes'][number]

/** mostUrgent are the first alarms of both lists. */
export function mostUrgent(data: UrgentData | undefined, first: number): UrgentAlarm[] {
  const rank = (alarm: UrgentAlarm) => ranks.indexOf(alarm.severity ?? null)
  const latest = (alarm: UrgentAlarm) => (alarm.lastOccurredAt === null || alarm.lastOccurredAt === undefined ? 0 : Date.parse(alarm.lastOccurredAt))
  return [...(data?.cloud?.nodes ?? []), ...(data?.device?.nodes ?? [])]
    .toSorted((a, b) => rank(a) - rank(b) || latest(b) - latest(a))
    .slice(0, first)
}

type TrendData = DataOf<typeof Trend>

export interface TrendBucket {
  from: string
  to: string
  raised: number
  cleared: number
  bySeverity: SeverityCount[]
}

/**
 * trendOf adds the two lists up by bucket. Buckets that begin before the lists do are left out: they would look like quiet days, and are
 * days of which little is known.
 */
export function trendOf(data: TrendData | undefined): { buckets: TrendBucket[]; completeFrom: string | undefined; clearedWithoutTime: number } {
  const trends = [data?.cloud?.trend, data?.device?.trend].filter((trend) => trend !== null && trend !== undefined)
  const completeFrom = trends
    .map((trend) => trend.completeFrom)
    .filter((at) => at !== null && at !== undefined)
    .toSorted()
    .at(-1)
  const buckets = new Map<string, TrendBucket>()
  for (const { from, to, raised, cleared, bySeverity } of trends.flatMap((trend) => trend.buckets)) {
    const sum = buckets.get(from) ?? { from, to, raised: 0, cleared: 0, bySeverity: [] }
    buckets.set(from, {
      from,
      to,
      raised: sum.raised + raised,
      cleared: sum.cleared + cleared,
      bySeverity: add(sum.bySeverity, bySeverity),
    })
  }
  const begins = completeFrom === undefined ? 0 : Date.parse(completeFrom)
  return {
    buckets: [...buckets.values()].filter(({ from }) => Date.parse(from) >= begins).toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from)),
    completeFrom,
    clearedWithoutTime: trends.reduce((sum, trend) => sum + trend.clearedWithoutTime, 0),
  }
}

/** layersOf are the severities that columns are made of: an unknown one only where there is one. */
export function layersOf(buckets: readonly TrendBucket[]): (Severity | null)[] {
  return ranks.filter((severity) => severity !== null || buckets.some(({ bySeverity }) => countOf(bySeverity, null) > 0))
}
