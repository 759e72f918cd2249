import type { ChartSeries, Sample } from '../../parts/chart/series'

/** Series is a metric as the answer has it. */
export interface Series {
  key: string
  unit?: string | null | undefined
  count: number
  avg?: number | null | undefined
  max?: number | null | undefined
  last?: number | null | undefined
  lastAt?: string | null | undefined
  truncated: boolean
  points: readonly Sample[]
}

/** find gives the series of a key, in any case; undefined where the upstream has none with a sample. */
export function find(series: readonly Series[] | null | undefined, key: string): Series | undefined {
  return series?.find((one) => one.key.toLowerCase() === key.toLowerCase() && one.count > 0)
}

/** Shown is a metric made ready to be drawn. */
export interface Shown {
  series: ChartSeries[]
  unit: string
}

/**
 * furthest is how far apart two points may be without one missing, in seconds. Of thinned series each eighth-part of a chart has a few
 * points at any place, so that only what is longer than such a part is surely a hole; of all others the points themselves tell.
 */
function furthest({ count, points }: Series, span: number): number | undefined {
  if (count <= points.length || points.length === 0) {
    return undefined
  }
  const usual = span / count
  return (4 * span) / points.length + 1.5 * usual
}

/** lineOf is a series as a line; upper is the one of what each sample reached at most. span is the length of the chart in milliseconds. */
export function lineOf(one: Series, label: string, span: number, upper?: Series, scale = 1): ChartSeries {
  const scaled = (points: readonly Sample[]) => (scale === 1 ? points : points.map(({ at, value }) => ({ at, value: value === null ? null : value / scale })))
  const part = (value: number | null | undefined) => (value === null || value === undefined ? null : value / scale)
  return {
    key: one.key,
    label,
    points: scaled(one.points),
    upper: upper === undefined ? undefined : scaled(upper.points),
    average: part(one.avg),
    peak: part(upper?.max ?? one.max),
    last: part(one.last),
    lastAt: one.lastAt,
    gap: furthest(one, span / 1000),
  }
}

type Found = readonly Series[] | null | undefined

/** meanAndMost are the mean of a use in per cent and what it reached at most, where there is a mean. */
function meanAndMost(series: Found, item: 'cpu' | 'memory'): [mean?: Series, most?: Series | undefined] {
  const mean = find(series, `${item}.usage.avg`) ?? find(series, `${item}.usage`)
  return mean === undefined ? [] : [mean, find(series, `${item}.usage.max`)]
}

/** use is a metric of use in per cent, with what it reached at most as a band. */
export function use(series: Found, item: 'cpu' | 'memory', label: string, span: number): Shown | undefined {
  const [mean, most] = meanAndMost(series, item)
  return mean === undefined ? undefined : { series: [lineOf(mean, label, span, most)], unit: '%' }
}

/** boardUse is the same of a server's board: samples of each hour. */
export function boardUse(series: readonly Series[] | null | undefined, item: 'cpu' | 'memory', label: string, span: number): Shown | undefined {
  const one = find(series, item === 'cpu' ? 'CPUUsagePercent' : 'MemoryUsagePercent')
  return one === undefined ? undefined : { series: [lineOf(one, label, span)], unit: '%' }
}

const larger: Record<string, string> = { 'B/s': 'kB/s', 'KB/s': 'MB/s', 'kB/s': 'MB/s', 'MB/s': 'GB/s' }

/** pairs are what is drawn together: what goes in and out, what is read and written. */
export const pairs = {
  network: ['network.in_rate.avg', 'network.out_rate.avg'],
  disk: ['disk.read_rate.avg', 'disk.write_rate.avg'],
} as const

/** alike tells whether two series have one axis. */
function alike(one: Series, other: Series): boolean {
  return (one.unit ?? '') === (other.unit ?? '')
}

/**
 * rates are metrics that share a unit. Where even the usual values have five figures they are told in the unit above, a thousand of
 * the one that is sent.
 */
export function rates(found: readonly { one: Series | undefined; label: string }[], span: number): Shown | undefined {
  const there = found.flatMap(({ one, label }) => (one === undefined ? [] : [{ one, label }]))
  const [first] = there
  if (first === undefined) {
    return undefined
  }
  let unit = first.one.unit ?? ''
  let scale = 1
  const same = there.filter(({ one }) => alike(one, first.one))
  const highest = Math.max(...same.map(({ one }) => one.avg ?? 0))
  while (highest / scale >= 10_000 && larger[unit] !== undefined) {
    unit = larger[unit]!
    scale *= 1000
  }
  return { series: same.map(({ one, label }) => lineOf(one, label, span, undefined, scale)), unit }
}

/** rest are the series that no chart shows, in the order of their keys: also those whose unit is not that of their chart. */
export function rest(series: Found): Series[] {
  const drawn = [
    ...meanAndMost(series, 'cpu'),
    ...meanAndMost(series, 'memory'),
    ...Object.values(pairs).flatMap((keys) => {
      const there = keys.flatMap((key) => find(series, key) ?? [])
      return there.filter((one) => alike(one, there[0]!))
    }),
  ]
  return (series ?? []).filter((one) => one.count > 0 && !drawn.includes(one))
}
