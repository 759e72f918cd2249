// Inputs of dates know no zone: they have the wall's time, and these two say which wall.

function wall(at: Date, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at).replace(' ', 'T')
}

/** toLocal is a time as `yyyy-MM-ddTHH:mm` in a zone. */
export function toLocal(at: Date, zone: string): string {
  return wall(at, zone)
}

/** fromLocal is the moment at which a wall in the zone shows this; undefined for what is no time. */
export function fromLocal(text: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc)) {
    return undefined
  }
  // The distance from UTC depends on the moment: looked up twice it is right on both sides of a change of the clocks.
  const distance = (at: number) => Date.parse(`${wall(new Date(at), zone)}Z`) - Math.floor(at / 60_000) * 60_000
  const near = asUtc - distance(asUtc)
  return new Date(asUtc - distance(near)).toISOString().replace(/\.000Z$/, 'Z')
}
