import { useNow } from '../text/clock'
import { useFormat } from '../text/format'

interface TimeProps {
  at: string | null | undefined
  /** The age with the date as title, or the date with the age as title. */
  show?: 'age' | 'date' | undefined
  /** In steps of so many seconds the age is told anew. */
  seconds?: number | undefined
}

/** Time is a moment told twice: what is not shown is the title. */
export function Time({ at, show = 'age', seconds = 1 }: TimeProps) {
  const { age, dateTime, exact } = useFormat()
  const now = useNow(seconds)
  if (at === null || at === undefined) {
    return <span>—</span>
  }
  const told = age(at, now)
  return (
    <time dateTime={at} title={show === 'age' ? exact(at) : told}>
      {show === 'age' ? told : dateTime(at)}
    </time>
  )
}
