import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'

import type { Document } from './graphql'
import { keyOf, later, nothing, questionOf, type Held } from './question'
import { useReported } from './reports'
import { useForget } from './token'

/** Options say how a question is asked. */
export interface Options {
  /** every asks again after so many milliseconds, while the tab is looked at. */
  every?: number | undefined
  /** pause asks nothing, and shows what was answered before. */
  pause?: boolean | undefined
  /** own keeps problems out of the frame's strip: the part of the page tells them itself. */
  own?: boolean | undefined
  /** keep shows the answer to the variables before until the new one is there, where it is of the same thing. */
  keep?: boolean | undefined
}

/** Shown is an answer as a page shows it. */
export interface Shown<Data> extends Omit<Held<Data>, 'asking'> {
  /** kept is true where the answer is that to the variables before. */
  kept: boolean
  /** loading is true before the first answer, and not in its first 150 ms: bones that only flash are worse than none. */
  loading: boolean
  /** refetch asks anew, by default past what the browser keeps; with maxAge for data of at most so many seconds. */
  refetch: (maxAge?: number) => void
}

const followNothing = () => () => {}

/** useAnswer asks a question as long as a component shows it. */
export function useAnswer<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  { every, pause = false, own = false, keep = false }: Options = {},
): Shown<Data> {
  const key = keyOf(document, variables)
  // The key stands for the document and the variables, which are often new objects of the same content.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const question = useMemo(() => questionOf(document, variables), [key])
  const now = useSyncExternalStore<Held<Data>>(pause ? followNothing : question.follow, question.get)
  const held = useKept(now, keep)
  useEvery(question.poll, pause ? undefined : every)
  useReported(held, own || pause, question.again)
  const late = useLate(held.asking && held.data === undefined)
  return { ...held, kept: held !== now, loading: late, refetch: question.again }
}

/** useKept gives the answer to the variables before until the new one is there, be it a failure; never what another caller was answered. */
function useKept<Data>(held: Held<Data>, keep: boolean): Held<Data> {
  const before = useRef<Held<Data>>(held)
  const kept = keep && held.at === 0 && before.current.data !== undefined
  const shown = kept ? before.current : held
  useLayoutEffect(() => {
    before.current = shown
  }, [shown])
  useForget(() => {
    before.current = nothing
  })
  return shown
}

/** useLate is true when something lasts longer than 150 ms. */
export function useLate(lasts: boolean): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!lasts) {
      setLate(false)
      return
    }
    const timer = setTimeout(() => setLate(true), 150)
    return () => clearTimeout(timer)
  }, [lasts])
  return lasts && late
}

function useEvery(poll: () => void, every: number | undefined): void {
  useEffect(() => {
    if (every === undefined) {
      return
    }
    let end = () => {}
    const next = () => {
      end = later(every, () => {
        poll()
        next()
      })
    }
    next()
    return () => end()
  }, [poll, every])
}
