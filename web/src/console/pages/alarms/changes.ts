import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { useEvents, useForget } from '../../data'
import { useLatest } from '../../latest'
import type { AlarmFilter } from '../../generated/graphql'
import { AlarmsChanges, type Row } from './documents'
import type { State } from './filter'

/** Changed is what has changed since the list was read. */
interface Changed {
  /** rows are those of the list as they are now, with when they came. */
  rows: ReadonlyMap<string, { row: Row; at: number }>
  /** coming are alarms that the list does not have yet, with when they came: they do not move what is being read. */
  coming: ReadonlyMap<string, number>
  /** flashing are rows that changed a moment ago. */
  flashing: ReadonlySet<string>
}

const none: Changed = { rows: new Map(), coming: new Map(), flashing: new Set() }

/** flash is how long a row is marked, a little longer than its tint takes to fade. */
const flash = 1_500

/** gather is how long changes are collected before figures are asked anew. */
const gather = 300

/**
 * behind is how much later than the telling of an alarm a list may be read that does not have it yet: it may be another replica that
 * answers. Such an alarm stays among those to come.
 */
const behind = 5_000

interface Following {
  filter: AlarmFilter
  state: State
  /** known are the ids of the list. */
  known: ReadonlySet<string>
  /** reread reads the list anew. */
  reread: () => void
  /** recount asks the figures anew, once for all changes of a moment. */
  recount: () => void
  /** told hears of each alarm that changed; of none where nobody knows which did. */
  told: (id: string | undefined) => void
}

/**
 * useChanges keeps a list as its alarms are. A row that changed is replaced at its place and flashes once; one that is cleared stays there,
 * paler; what is new waits until it is asked for.
 */
export function useChanges({ filter, state, known, reread, recount, told }: Following) {
  const [changed, setChanged] = useState<Changed>(none)
  const now = useLatest({ known, reread, recount, told })
  const timers = useTimers()
  useForget(() => setChanged(none))
  const filterKey = JSON.stringify(filter)
  // What is new in another filter, or of another state, is not what this list lacks.
  useEffect(() => setChanged((before) => ({ ...before, coming: none.coming })), [filterKey, state])

  const endFlash = useCallback((ids: readonly string[]) => {
    setChanged((before) => ({ ...before, flashing: new Set([...before.flashing].filter((id) => !ids.includes(id))) }))
  }, [])
  const mark = useCallback(
    (ids: readonly string[]) => {
      setChanged((before) => ({ ...before, flashing: new Set([...before.flashing, ...ids]) }))
      timers.after(flash, () => endFlash(ids))
    },
    [timers, endFlash],
  )

  useEvents(
    AlarmsChanges,
    { filter },
    ({ alarmChanges: { kind, alarm } }) => {
      if (alarm === null || alarm === undefined) {
        return
      }
      now.current.told(alarm.id)
      timers.once(gather, () => now.current.recount())
      if (now.current.known.has(alarm.id)) {
        setChanged((before) => ({ ...before, rows: new Map(before.rows).set(alarm.id, { row: alarm, at: Date.now() }) }))
        mark([alarm.id])
      } else {
        const belongs = kind !== 'LEFT' && (state === 'all' || (alarm.cleared === true) === (state === 'cleared'))
        setChanged((before) => ({ ...before, coming: comingAfter(before.coming, alarm.id, belongs) }))
      }
    },
    {
      onLagged: () => {
        now.current.reread()
        now.current.recount()
        now.current.told(undefined)
      },
      onStands: (again) => {
        // What changed between reading and this moment is in no event. After a cut the missed events follow.
        if (!again) {
          now.current.reread()
        }
      },
    },
  )

  /** settle is called with a list that was read anew: it has what changed before that began. */
  const settle = useCallback(
    (ids: ReadonlySet<string>, since: number) => {
      setChanged((before) => {
        const arrived = [...before.coming.keys()].filter((id) => ids.has(id))
        if (arrived.length > 0) {
          timers.after(0, () => mark(arrived))
        }
        return {
          rows: new Map([...before.rows].filter(([, { at }]) => at >= since)),
          coming: new Map([...before.coming].filter(([id, at]) => !ids.has(id) && at >= since - behind)),
          flashing: before.flashing,
        }
      })
    },
    [mark, timers],
  )
  return useMemo(() => ({ ...changed, settle }), [changed, settle])
}

function comingAfter(coming: Changed['coming'], id: string, belongs: boolean): Changed['coming'] {
  const next = new Map(coming)
  if (belongs) {
    next.set(id, Date.now())
  } else {
    next.delete(id)
  }
  return next
}

/** useTimers are timers that end with the component: one for each call, or one for all calls that come before it is over. */
function useTimers() {
  const running = useRef(new Set<ReturnType<typeof setTimeout>>())
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    const all = running.current
    return () => all.forEach((timer) => clearTimeout(timer))
  }, [])
  return useMemo(() => {
    const after = (milliseconds: number, run: () => void) => {
      const timer = setTimeout(() => {
        running.current.delete(timer)
        run()
      }, milliseconds)
      running.current.add(timer)
      return timer
    }
    const once = (milliseconds: number, run: () => void) => {
      waiting.current ??= after(milliseconds, () => {
        waiting.current = undefined
        run()
      })
    }
    return { after, once }
  }, [])
}
