import { offsetMinutes, wallTime } from '../text/walltime'

// Inputs of dates know no zone: they have the wall's time, and these two say which wall.

/** toLocal is a time as `yyyy-MM-ddTHH:mm` in a zone. */
export function toLocal(at: Date, zone: string): string {
  return wallTime(at, zone)
}

/** fromLocal is the moment at which a wall in the zone shows this; undefined for what is no time. */
export function fromLocal(text: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc)) {
    return undefined
  }
  // The distance from UTC depends on the moment: looked up twice it is right on both sides of a change of the clocks.
  const near = asUtc - offsetMinutes(zone, asUtc) * 60_000
  return new Date(asUtc - offsetMinutes(zone, near) * 60_000).toISOString().replace(/\.000Z$/, 'Z')
}
