/**
 * known leaves out the buckets that begin before the lists do: they would look like quiet days, and are days of which little is known.
 * Where nothing is known to be complete all of them stay: the line above the page says what was cut.
 */
export function known<Bucket extends { from: string }>(buckets: readonly Bucket[], completeFrom: string | null): Bucket[] {
  return buckets.filter(({ from }) => completeFrom === null || Date.parse(from) >= Date.parse(completeFrom))
}
