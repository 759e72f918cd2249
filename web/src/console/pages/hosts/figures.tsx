import { useCallback, useEffect, useMemo, useState } from 'react'

import { useAnswer } from '../../data'
import type { Severity } from '../../parts/severity'
import { Alarms, Figures } from './documents'

/** Figure is one value of a board and when it was measured. */
export interface Figure {
  value: number
  at: string
}

/** HostFigures is what is known of one host beside its row; undefined is not read yet, null is nothing. */
export interface HostFigures {
  cpu?: Figure | null
  memory?: Figure | null
  inlet?: Figure | null
  power?: Figure | null
  alarms?: { count: number; worst: Severity | null } | null
}

type Known = ReadonlyMap<string, HostFigures>

/** size is for how many rows figures are read at once. */
const size = 100

/**
 * useFigures reads figures and alarms of the rows that are looked at, a hundred hosts at a time: what a page of 5,000 does not show is not
 * asked for. The element has to stand in the page; it shows nothing.
 */
export function useFigures(ids: readonly string[], paused: boolean) {
  const [known, setKnown] = useState<Known>(new Map())
  const [seen, setSeen] = useState({ from: 0, to: 40 })
  const onWindow = useCallback((from: number, to: number) => setSeen({ from, to }), [])
  const tell = useCallback((figures: Known) => {
    setKnown((before) => {
      const after = new Map(before)
      figures.forEach((figure, id) => after.set(id, { ...after.get(id), ...figure }))
      return after
    })
  }, [])
  const parts = useMemo(() => {
    const last = Math.floor(Math.max(seen.to - 1, 0) / size)
    return Array.from({ length: last - Math.floor(seen.from / size) + 1 }, (_, index) => {
      const from = (Math.floor(seen.from / size) + index) * size
      return ids.slice(from, from + size)
    }).filter((part) => part.length > 0)
  }, [ids, seen])
  const readers = parts.map((part) => <Reader key={part.join()} ids={part} paused={paused} tell={tell} />)
  return { known, onWindow, readers }
}

const often = 60_000

function Reader({ ids, paused, tell }: { ids: readonly string[]; paused: boolean; tell: (figures: Known) => void }) {
  const variables = { filter: { hostIds: [...ids] } }
  // Where the upstream refuses to answer for all boards, the page says so once, above the table.
  const figures = useAnswer(Figures, variables, { own: true, pause: paused, every: 5 * often }).data
  const alarms = useAnswer(Alarms, variables, { every: often }).data
  useEffect(() => {
    if (figures === undefined) {
      return
    }
    const found = new Map<string, HostFigures>(ids.map((id) => [id, { cpu: null, memory: null, inlet: null, power: null }]))
    for (const name of ['cpu', 'memory', 'inlet', 'power'] as const) {
      for (const { host, value, observedAt } of figures[name]?.hosts ?? []) {
        found.set(host.hostId, { ...found.get(host.hostId), [name]: { value, at: observedAt } })
      }
    }
    tell(found)
    // ids are those of the key, and never change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [figures, tell])
  useEffect(() => {
    const rows = alarms?.hosts?.nodes ?? []
    tell(
      new Map(
        rows.map(({ hostId, alarms: list }) => [
          hostId,
          { alarms: list === null || list === undefined ? null : { count: list.totalCount ?? 0, worst: list.nodes[0]?.severity ?? null } },
        ]),
      ),
    )
  }, [alarms, tell])
  return null
}
