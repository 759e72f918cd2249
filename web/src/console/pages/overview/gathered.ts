import { useEffect, useRef } from 'react'

import { useLatest } from '../../latest'

/** useGathered does something once for all events of 300 ms: a flood of alarms is one refetch. */
export function useGathered(act: () => void): () => void {
  const latest = useLatest(act)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      latest.current()
    }, 300)
  }
}
