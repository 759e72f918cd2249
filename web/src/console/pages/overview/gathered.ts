import { useEffect, useRef } from 'react'

/** useGathered does something once for all events of 300 ms: a flood of alarms is one refetch. */
export function useGathered(act: () => void): () => void {
  const latest = useRef(act)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      latest.current()
    }, 300)
  }
}
