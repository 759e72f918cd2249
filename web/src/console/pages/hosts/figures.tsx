import { useCallback, useEffect, useMemo, useState } from 'react'

import { useAnswer, useForget } from '../../data'
import { Alarms, Figures } from './documents'
import { alarmsFound, figuresFound, isMeasured, noAlarms, noFigures, withFound, type HostFigures, type Known } from './found'

/** size is for how many rows figures are read at once. */
const size = 100

/** Reading says what the page knows of the boards: missing is that there are no figures, told is that it says so itself. */
interface Reading {
  missing: boolean
  told: boolean
}

/**
 * useFigures reads figures and alarms of the rows that are looked at, a hundred hosts at a time: what a page of 5,000 does not show is not
 * asked for. The element has to stand in the page; it shows nothing. measured is whether figures have a place in the page.
 */
export function useFigures(ids: readonly string[], { missing, told }: Reading) {
  const [known, setKnown] = useState<Known>(new Map())
  useForget(() => setKnown(new Map()))
  const [seen, setSeen] = useState({ from: 0, to: 40 })
  const onWindow = useCallback((from: number, to: number) => setSeen({ from, to }), [])
  const tell = useCallback((found: Known, unread: HostFigures) => setKnown((before) => withFound(before, found, unread)), [])
  const parts = useMemo(() => {
    const last = Math.floor(Math.max(seen.to - 1, 0) / size)
    return Array.from({ length: last - Math.floor(seen.from / size) + 1 }, (_, index) => {
      const from = (Math.floor(seen.from / size) + index) * size
      return ids.slice(from, from + size)
    }).filter((part) => part.length > 0)
  }, [ids, seen])
  const good = useMemo(() => isMeasured(known), [known])
  const measured = !missing || good
  const readers = parts.map((part) => <Reader key={part.join()} ids={part} paused={!measured} told={told} tell={tell} />)
  return { known, onWindow, readers, measured }
}

const often = 60_000

interface ReaderProps {
  ids: readonly string[]
  paused: boolean
  told: boolean
  tell: (found: Known, unread: HostFigures) => void
}

function Reader({ ids, paused, told, tell }: ReaderProps) {
  const variables = { filter: { hostIds: [...ids] } }
  // What is said of all boards above the table need not be said of these.
  const figures = useAnswer(Figures, variables, { own: told, pause: paused, every: 5 * often })
  const alarms = useAnswer(Alarms, variables, { every: often })
  useEffect(() => {
    if (figures.data !== undefined || figures.problems.length > 0) {
      tell(figuresFound(ids, figures.data ?? {}), noFigures)
    }
    // ids are those of the key, and never change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [figures.data, figures.problems, tell])
  useEffect(() => {
    if (alarms.data !== undefined || alarms.problems.length > 0) {
      tell(alarmsFound(ids, alarms.data?.hosts?.nodes), noAlarms)
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [alarms.data, alarms.problems, tell])
  return null
}
