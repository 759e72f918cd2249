/** TimeRange is what the schema's input of this name takes. */
export type TimeRange = { last: string } | { from: string; to: string }

// The gateway takes no longer one.
const longest = 31 * 86_400_000

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** parseRange reads a range as addresses have it; null for what is none. */
export function parseRange(text: string): { range: TimeRange; milliseconds: number; endsNow: boolean } | null {
  const last = /^([1-9]\d{0,3})([mhd])$/.exec(text)
  if (last !== null) {
    const [, number = '', unit = ''] = last
    const milliseconds = Number(number) * (units[unit] ?? 0)
    // The schema's durations have days before the T and the rest behind it.
    const iso = unit === 'd' ? `P${number}D` : `PT${number}${unit.toUpperCase()}`
    return milliseconds <= longest ? { range: { last: iso }, milliseconds, endsNow: true } : null
  }
  const [start = '', end = '', ...rest] = text.split('..')
  const from = Date.parse(start)
  const to = Date.parse(end)
  if (rest.length > 0 || Number.isNaN(from) || Number.isNaN(to) || from >= to || to - from > longest) {
    return null
  }
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  return { range, milliseconds: to - from, endsNow: false }
}
