import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { useLate } from './answer'
import type { Answer, Asking, Fault, Freshness, Warning } from './ask'
import { attempt } from './attempt'
import { whenBack } from './gateway'
import type { Document } from './graphql'
import { againAfter, group, isAway, isRefreshing, moved, staleOf, waitFor, type Problem } from './problems'
import { keyOf, later } from './question'
import { oldest, useReported } from './reports'
import { useForget, whenGiven } from './token'

/** Page is a part of a connection, as a document that is read by pages answers it. */
export interface Page<Row> {
  totalCount?: number | null
  pageInfo: { hasNextPage: boolean; endCursor?: string | null }
  nodes: Row[]
}

/** Listed is a long list as far as it has been read. */
export interface Listed<Row> {
  /** rows are those that are there, by their place; what is behind them is still being read. */
  rows: Row[]
  /** total is the length of the whole list; undefined before the first answer, null where nobody knows it. */
  total: number | null | undefined
  problems: Problem[]
  warnings: Warning[]
  ages: Freshness[]
  stale: Freshness[]
  /** done is true when all of it is there. */
  done: boolean
  /** truncated is true when the list is longer than a page reads. */
  truncated: boolean
  requestId: string
  /** since is when its reading began, in milliseconds of the epoch: it has all that was so before. */
  since: number
}

/** PagesOptions say how a list is read. */
export interface PagesOptions<Row> {
  /** cap is how many rows are read at most. */
  cap?: number
  /** first is how many the first page has: it is seen the sooner the smaller it is. The others have 500. */
  first?: number
  pause?: boolean
  own?: boolean
  /** keep shows the list of the variables before until the new one begins to come. */
  keep?: boolean
  /** id tells rows apart. One that moved between two pages while they were read would be there twice. */
  id?: (row: Row) => string
}

const empty: Listed<never> = {
  rows: [],
  total: undefined,
  problems: [],
  warnings: [],
  ages: [],
  stale: [],
  done: false,
  truncated: false,
  requestId: '',
  since: 0,
}

/** PageVariables are what pages are asked by. */
interface PageVariables {
  first?: number | null | undefined
  after?: string | null | undefined
}

/** usePages reads a list page by page, each behind the other, and gives what is there. One that is read again stays until then. */
export function usePages<Data, Variables extends PageVariables, Row>(
  document: Document<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (data: Data) => Page<Row> | null | undefined,
  { cap = 20_000, first = 100, pause = false, own = false, keep = true, id }: PagesOptions<Row> = {},
): Listed<Row> & { loading: boolean; refetch: (maxAge?: number) => void; reading: boolean } {
  const key = keyOf(document, variables)
  const [held, setHeld] = useState<{ key: string; listed: Listed<Row>; reading: boolean }>({ key: '', listed: empty, reading: false })
  const running = useRef<AbortController | undefined>(undefined)
  /** wanted is whether it is read once more behind the reading that is under way; late whether the last one was of data being read anew. */
  const after = useRef({ retry: () => {}, failures: 0, away: false, late: false, wanted: false })
  const asked = useRef({ document, variables, pick, id, cap, first })
  asked.current = { document, variables, pick, id, cap, first }

  const read = useCallback(
    (maxAge?: number, fresh = true) => {
      running.current?.abort()
      after.current.retry()
      after.current.wanted = false
      const { late } = after.current
      const control = new AbortController()
      running.current = control
      setHeld((before) => ({ ...before, reading: true }))
      const told = (listed: Listed<Row>, over: boolean) => {
        if (!control.signal.aborted) {
          setHeld((before) => ({ key, listed: shown(before.key === key ? before.listed : empty, listed, over), reading: !over }))
          if (over) {
            settle(listed)
          }
        }
      }
      const settle = ({ problems, ages }: Listed<Row>) => {
        running.current = undefined
        const failures = problems.some((problem) => problem.retryable) ? after.current.failures + 1 : 0
        const refreshing = isRefreshing(ages)
        const wait = waitFor(problems, Date.now(), failures) ?? againAfter(after.current.wanted, refreshing && !late)
        const retry = wait === undefined ? () => {} : later(wait, () => read())
        after.current = { retry, failures, away: isAway(problems), late: refreshing, wanted: false }
      }
      readAll({ ...asked.current, late }, { signal: control.signal, fresh, maxAge }, told).catch((cause: unknown) => {
        if (!control.signal.aborted) {
          throw cause
        }
      })
    },
    [key],
  )

  // Before it is read again, and also where it is not.
  useForget(() => setHeld({ key: '', listed: empty, reading: false }))

  useEffect(() => {
    if (pause) {
      return
    }
    after.current.late = false
    read(undefined, false)
    const leave = [whenBack(() => after.current.away && read()), whenGiven(() => read())]
    return () => {
      leave.forEach((end) => end())
      after.current.retry()
      running.current?.abort()
      running.current = undefined
      setHeld((before) => ({ ...before, reading: false }))
    }
  }, [read, pause])

  // As with a question, a reading that is under way comes to its end first; and what is paused is not read.
  const refetch = useCallback(
    (maxAge?: number) => {
      if (running.current !== undefined && maxAge === undefined) {
        after.current.wanted = true
      } else if (!pause) {
        read(maxAge)
      }
    },
    [read, pause],
  )
  const listed = held.key === key || keep ? held.listed : empty
  useReported(listed, own || pause, refetch)
  const loading = useLate(listed.total === undefined && listed.problems.length === 0 && !pause)
  return useMemo(() => ({ ...listed, loading, refetch, reading: held.reading }), [listed, loading, refetch, held.reading])
}

/** shown is what to show while a list that is there is read again: the old one, until the new one reaches as far or is at its end. */
function shown<Row>(before: Listed<Row>, now: Listed<Row>, over: boolean): Listed<Row> {
  if (now.problems.length > 0 && now.rows.length === 0) {
    return { ...before, problems: now.problems, requestId: now.requestId }
  }
  return over || now.rows.length >= before.rows.length ? now : before
}

type Asked<Data, Variables, Row> = {
  document: Document<Data, Variables>
  variables: Omit<Variables, 'first' | 'after'>
  pick: (data: Data) => Page<Row> | null | undefined
  id: ((row: Row) => string) | undefined
  cap: number
  first: number
  /** late is whether what is old is told at once: the reading before was of old data, too. */
  late: boolean
}

async function readAll<Data, Variables extends PageVariables, Row>(
  asked: Asked<Data, Variables, Row>,
  asking: Asking,
  told: (listed: Listed<Row>, over: boolean) => void,
): Promise<void> {
  const seen = new Map<string, number>()
  const faults: Fault[] = []
  let listed: Listed<Row> = { ...empty, since: Date.now() }
  let after: string | null = null
  do {
    const size = listed.rows.length === 0 ? asked.first : Math.min(500, asked.cap - listed.rows.length)
    const variables = { ...asked.variables, first: size, ...(after === null ? {} : { after }) } as unknown as Variables
    const answer: Answer<Data> = await attempt(asked.document, variables, { ...asking, maxAge: after === null ? asking.maxAge : undefined })
    const page: Page<Row> | null | undefined = answer.data === undefined ? undefined : asked.pick(answer.data)
    const from = listed.rows.length
    const { rows, places } = placed(page?.nodes ?? [], from, asked.id, seen)
    faults.push(...answer.faults.map((fault) => moved(fault, (row) => places[row] ?? from + row)))
    listed = withPage(listed, page && { ...page, nodes: rows }, { ...answer, faults }, asked)
    after = page?.pageInfo.hasNextPage === true && !listed.truncated ? (page.pageInfo.endCursor ?? null) : null
    told(listed, after === null)
  } while (after !== null)
}

/** placed are the rows of a page that are not there yet, and the places in the list of all that came: one that came before keeps its own. */
export function placed<Row>(
  nodes: Row[],
  from: number,
  id: ((row: Row) => string) | undefined,
  seen: Map<string, number>,
): { rows: Row[]; places: number[] } {
  const rows: Row[] = []
  const places = nodes.map((row) => {
    const place = (id && seen.get(id(row))) ?? from + rows.push(row) - 1
    if (id !== undefined) {
      seen.set(id(row), place)
    }
    return place
  })
  return { rows, places }
}

/** withPage is a list with one page more. The answer has the errors of all pages so far. */
export function withPage<Data, Variables, Row>(
  before: Listed<Row>,
  page: Page<Row> | null | undefined,
  answer: Answer<Data>,
  { cap, late }: Pick<Asked<Data, Variables, Row>, 'cap' | 'late'>,
): Listed<Row> {
  const told = {
    problems: group(answer),
    warnings: [...before.warnings, ...answer.warnings],
    ages: oldest([...before.ages, ...answer.freshness]),
    stale: oldest([...before.stale, ...staleOf(answer.freshness, answer.at, late)]),
    requestId: answer.requestId,
  }
  if (page === null || page === undefined) {
    return { ...before, ...told, done: false }
  }
  const rows = [...before.rows, ...page.nodes]
  const truncated = rows.length >= cap && page.pageInfo.hasNextPage
  return { ...told, since: before.since, rows, total: page.totalCount ?? null, done: !page.pageInfo.hasNextPage, truncated }
}
