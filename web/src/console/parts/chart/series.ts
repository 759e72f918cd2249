/** Sample is one point of an answer; what the upstream did not measure is null or not there. */
export interface Sample {
  at: string
  value: number | null
}

/** ChartSeries is one line, or a line with a band up to the highest value of each sample. */
export interface ChartSeries {
  key: string
  label: string
  points: readonly Sample[]
  /** The highest value within each sample: drawn as a band over the line. */
  upper?: readonly Sample[] | undefined
  /** Of all samples, not of the points; worked out of the points where not given. */
  average?: number | null | undefined
  peak?: number | null | undefined
  last?: number | null | undefined
  lastAt?: string | null | undefined
  /** Distance of two points in seconds beyond which one is missing; half as much again as the usual one where not given. */
  gap?: number | undefined
}

/** Aligned is what uPlot draws: seconds, and for each line a value or null for a gap. */
export interface Aligned {
  times: number[]
  lines: (number | null)[][]
}

/** align puts series on one line of times, with a gap wherever a sample of a series is missing. */
export function align(series: readonly { points: readonly Sample[]; gap?: number | undefined }[]): Aligned {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => Date.parse(at) / 1000)))].sort((a, b) => a - b)
  const holes = series.map(({ points, gap }) => gapsOf(points, gap))
  const all = [...new Set([...times, ...holes.flat()])].sort((a, b) => a - b)
  const lines = series.map(({ points }, index) => {
    const values = new Map(points.map(({ at, value }) => [Date.parse(at) / 1000, value]))
    const gaps = new Set(holes[index])
    // Undefined is no sample of this series, which a line passes over; null is a gap, which breaks it.
    return all.map((time) => (values.has(time) ? (values.get(time) ?? null) : gaps.has(time) ? null : (undefined as unknown as null)))
  })
  return { times: all, lines }
}

/** stepOf is the usual distance of a series' samples in seconds: the median. */
function stepOf(points: readonly Sample[]): number {
  const distances = points.slice(1).map((point, index) => (Date.parse(point.at) - Date.parse(points[index]!.at)) / 1000)
  distances.sort((a, b) => a - b)
  return distances[Math.floor(distances.length / 2)] ?? 0
}

/** gapsOf are times, one in each hole of a series: where a sample is further from the one before than it may be. */
export function gapsOf(points: readonly Sample[], furthest = stepOf(points) * 1.5): number[] {
  return points.slice(1).flatMap((point, index) => {
    const [before, at] = [Date.parse(points[index]!.at) / 1000, Date.parse(point.at) / 1000]
    return at - before > furthest + 0.5 ? [(before + at) / 2] : []
  })
}

export interface Figures {
  last: number | null
  average: number | null
  peak: number | null
  gaps: number
}

/** figuresOf are the numbers told of a series: those of all samples where the answer has them. */
export function figuresOf(series: ChartSeries): Figures {
  const values = series.points.flatMap(({ value }) => (value === null ? [] : [value]))
  const highest = [...(series.upper ?? series.points)].flatMap(({ value }) => (value === null ? [] : [value]))
  const measured = series.points.filter(({ value }) => value !== null)
  return {
    last: series.last ?? values.at(-1) ?? null,
    average: series.average ?? (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length),
    peak: series.peak ?? (highest.length === 0 ? null : Math.max(...highest)),
    gaps: gapsOf(measured, series.gap ?? stepOf(series.points) * 1.5).length,
  }
}
