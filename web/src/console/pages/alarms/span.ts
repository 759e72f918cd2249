import { useCallback } from 'react'

import type { Range } from '../../address'
import { useFormat } from '../../text/format'

/** useSpan tells a span of time in words: its length where it ends now, else its ends. */
export function useSpan(): (range: Range) => string {
  const { dateTime, time, date, duration } = useFormat()
  return useCallback(
    ({ range, milliseconds }: Range) => {
      if ('last' in range) {
        return duration(milliseconds)
      }
      const { from, to } = range
      return date(from) === date(to) ? `${dateTime(from)}–${time(to)}` : `${dateTime(from)} – ${dateTime(to)}`
    },
    [dateTime, time, date, duration],
  )
}
