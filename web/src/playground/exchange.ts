/** Exchange is how a request went: what the browser and its clock know of it. */
export type Exchange = Waiting | Answered | Failed | Followed

interface Waiting {
  kind: 'waiting'
}

/** Answered is an answer by HTTP. */
interface Answered {
  kind: 'answered'
  status: number
  /** milliseconds is the time from the request to the last byte of the answer. */
  milliseconds: number
  /** bytes is the length of the body as it is read, wire as it came, compressed; undefined where the browser does not tell. */
  bytes: number
  wire: number | undefined
}

interface Failed {
  kind: 'failed'
  milliseconds: number
}

/** Followed is a subscription by WebSocket. */
interface Followed {
  kind: 'followed'
  state: 'connecting' | 'open' | 'ended' | 'stopped' | 'closed'
  /** reason is the code and the text with which the gateway closed the socket. */
  reason: string
  events: number
  /** bytes is the length of all messages that came, as they are read. */
  bytes: number
}

// The browser says what an answer took on the wire a moment after it was read. Its own list of that ends after some hundred requests;
// an observer hears of all.
const expected: { url: string; from: number; tell: (wire: number) => void }[] = []
const slack = 100

if (typeof PerformanceObserver !== 'undefined') {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      const index = expected.findIndex(
        ({ url, from }) => url === entry.name && entry.startTime >= from - 1 && entry.startTime <= from + slack,
      )
      const [one] = index < 0 ? [] : expected.splice(index, 1)
      if (one !== undefined && entry.encodedBodySize > 0) {
        one.tell(entry.encodedBodySize)
      }
    }
  }).observe({ type: 'resource' })
}

/** whenTold calls back with the length of an answer on the wire, if the browser comes to tell it. */
export function whenTold(url: string, from: number, tell: (wire: number) => void): void {
  expected.push({ url, from, tell })
  expected.splice(0, expected.length - 16) // older ones are not told any more
}

/** sizeText is a number of bytes in the largest unit in which it is at least one. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} B`
  }
  return bytes < 1_000_000 ? `${rounded(bytes / 1000)} kB` : `${rounded(bytes / 1_000_000)} MB`
}

/** timeText is a time in milliseconds, or from ten seconds on in seconds. */
export function timeText(milliseconds: number): string {
  return milliseconds < 9999.5 ? `${rounded(milliseconds)} ms` : `${rounded(milliseconds / 1000)} s`
}

function rounded(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 9.95 ? 1 : 0 })
}
