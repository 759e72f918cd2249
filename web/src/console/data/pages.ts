import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { useLate } from './answer'
import { ask, Away, type Answer, type Freshness, type Warning } from './ask'
import { noteAway, noteHere, whenBack } from './gateway'
import type { Document } from './graphql'
import { away, group, isStale, waitFor, type Problem } from './problems'
import { keyOf, whenVisible } from './question'
import { useReported } from './reports'
import { whenGiven } from './token'

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
  const retry = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; failures: number }>({ timer: undefined, failures: 0 })
  const asked = useRef({ document, variables, pick, id, cap, first })
  asked.current = { document, variables, pick, id, cap, first }

  const read = useCallback(
    (maxAge?: number, fresh = true) => {
      running.current?.abort()
      clearTimeout(retry.current.timer)
      const control = new AbortController()
      running.current = control
      setHeld((before) => ({ ...before, reading: true }))
      const told = (listed: Listed<Row>, over: boolean) => {
        if (!control.signal.aborted) {
          setHeld((before) => ({ key, listed: shown(before.key === key ? before.listed : empty, listed, over), reading: !over }))
          if (over) {
            later(listed)
          }
        }
      }
      const later = ({ problems }: Listed<Row>) => {
        const failures = problems.some((problem) => problem.retryable) ? retry.current.failures + 1 : 0
        const wait = waitFor(problems, Date.now(), failures)
        retry.current.failures = failures
        if (wait !== undefined) {
          retry.current.timer = setTimeout(() => whenVisible(() => !control.signal.aborted && read()), wait)
        }
      }
      void readAll(asked.current, { signal: control.signal, fresh, maxAge }, told)
    },
    [key],
  )

  useEffect(() => {
    if (pause) {
      return
    }
    read(undefined, false)
    const leave = [whenBack(() => read()), whenGiven(() => read())]
    return () => {
      leave.forEach((end) => end())
      clearTimeout(retry.current.timer)
      running.current?.abort()
    }
  }, [read, pause])

  const listed = held.key === key || keep ? held.listed : empty
  useReported(key, listed, own || pause, read)
  const loading = useLate(listed.total === undefined && listed.problems.length === 0 && !pause)
  return useMemo(
    () => ({ ...listed, loading, refetch: (maxAge?: number) => read(maxAge), reading: held.reading }),
    [listed, loading, read, held.reading],
  )
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
}

async function readAll<Data, Variables extends PageVariables, Row>(
  asked: Asked<Data, Variables, Row>,
  asking: { signal: AbortSignal; fresh: boolean; maxAge: number | undefined },
  told: (listed: Listed<Row>, over: boolean) => void,
): Promise<void> {
  const seen = new Set<string>()
  let listed: Listed<Row> = { ...empty, since: Date.now() }
  let after: string | null = null
  do {
    const size = listed.rows.length === 0 ? asked.first : Math.min(500, asked.cap - listed.rows.length)
    const variables = { ...asked.variables, first: size, ...(after === null ? {} : { after }) } as unknown as Variables
    const answer: Answer<Data> | Away = await ask(asked.document, variables, {
      ...asking,
      maxAge: after === null ? asking.maxAge : undefined,
    }).catch((cause: unknown) => {
      if (cause instanceof Away) {
        return cause
      }
      if (asking.signal.aborted) {
        return new Away('aborted')
      }
      throw cause
    })
    if (asking.signal.aborted) {
      return
    }
    if (answer instanceof Away) {
      noteAway()
      const problem = { operation: '', code: away, message: answer.message, retryable: false, retryAt: undefined, requestId: '', paths: [] }
      told({ ...listed, problems: [problem] }, true)
      return
    }
    noteHere()
    const page: Page<Row> | null | undefined = answer.data === undefined ? undefined : asked.pick(answer.data)
    listed = withPage(listed, page, answer, asked, seen)
    after = page?.pageInfo.hasNextPage === true && !listed.truncated ? (page.pageInfo.endCursor ?? null) : null
    told(listed, after === null)
  } while (after !== null)
}

function withPage<Data, Variables, Row>(
  before: Listed<Row>,
  page: Page<Row> | null | undefined,
  answer: Answer<Data>,
  { id, cap }: Asked<Data, Variables, Row>,
  seen: Set<string>,
): Listed<Row> {
  const told = {
    problems: group(answer),
    warnings: answer.warnings,
    ages: answer.freshness,
    stale: answer.freshness.filter((age) => age.reason !== null && isStale(age, answer.at)),
    requestId: answer.requestId,
  }
  if (page === null || page === undefined) {
    return { ...before, ...told, done: false }
  }
  const nodes = id === undefined ? page.nodes : page.nodes.filter((row) => !seen.has(id(row)) && seen.add(id(row)))
  const rows = [...before.rows, ...nodes]
  const truncated = rows.length >= cap && page.pageInfo.hasNextPage
  return { ...told, since: before.since, rows, total: page.totalCount ?? null, done: !page.pageInfo.hasNextPage, truncated }
}
