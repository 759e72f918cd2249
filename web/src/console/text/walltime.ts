/** wallTime is what a wall in the zone shows at a moment: `yyyy-MM-ddTHH:mm`. */
export function wallTime(at: Date, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at).replace(' ', 'T')
}

/** offsetMinutes is how far the zone is east of UTC at a moment. */
export function offsetMinutes(zone: string, at = Date.now()): number {
  return Math.round((Date.parse(`${wallTime(new Date(at), zone)}Z`) - at) / 60_000 / 5) * 5
}
