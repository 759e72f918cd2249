import type { Range, TimeRange } from '../../address'

const hour = 3_600_000
const day = 24 * hour

/** longest are how far one question to the upstream may reach. */
const longest = { metrics: day, boards: 31 * day }

/** Span is what a page asks for, and what its charts show. */
export interface Span {
  /** Whether the range is one that metrics of hosts cover. */
  short: boolean
  /** The time of metrics: the last day of a longer range. */
  range: TimeRange
  /** The time of the boards' figures: a day at least, as they are hourly. */
  boards: TimeRange
  /** Lengths in milliseconds. */
  length: number
  boardLength: number
  /** Whether the range was longer than anything reaches, and was cut. */
  cut: boolean
}

/** spanOf makes of the address's range what can be asked. */
export function spanOf({ range, milliseconds }: Pick<Range, 'range' | 'milliseconds'>): Span {
  const short = milliseconds <= longest.metrics
  const length = Math.min(milliseconds, longest.boards)
  const boardLength = Math.max(length, day)
  return {
    short,
    range: lastPart(range, Math.min(milliseconds, longest.metrics)),
    boards: lastPart(range, boardLength),
    length,
    boardLength,
    cut: length < milliseconds,
  }
}

/** lastPart is a range of the same end and another length. */
function lastPart(range: TimeRange, length: number): TimeRange {
  if ('last' in range) {
    return { last: `PT${Math.round(length / 60_000)}M` }
  }
  return { from: new Date(Date.parse(range.to) - length).toISOString(), to: range.to }
}

/** ends are the edges of a chart: of a range that ends now those at the time of the answer. */
export function ends(range: TimeRange, length: number, answered: number): { from: number; to: number } {
  const to = 'to' in range ? Date.parse(range.to) : answered
  return { from: to - length, to }
}

/** least is the shortest range that still has a few samples, one in five minutes. */
const least = 15 * 60_000

/** between is the text of a range that was dragged over a chart, in whole minutes, and as long as it needs to be to show anything. */
export function between(from: Date, to: Date): string {
  const middle = (from.getTime() + to.getTime()) / 2
  const half = Math.max(to.getTime() - from.getTime(), least) / 2
  const minutes = (time: number) => new Date(Math.round(time / 60_000) * 60_000).toISOString().replace(':00.000Z', ':00Z')
  return `${minutes(middle - half)}..${minutes(middle + half)}`
}
