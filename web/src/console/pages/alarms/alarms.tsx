import { useCallback, useEffect, useMemo, useRef } from 'react'

import { useParameter } from '../../address'
import { openQuery, useAnswer, usePages } from '../../data'
import { PageHead, useKeys, useKnownRegion } from '../../frame'
import { Icon } from '../../parts/icon'
import { QueryLink } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import styles from './alarms.module.css'
import { useChanges } from './changes'
import { AlarmDrawer } from './detail'
import { AlarmsHead, AlarmsList, type Row } from './documents'
import { nextSort, useChosen, type Chosen } from './filter'
import { FilterBar } from './filterbar'
import { Nothing } from './nothing'
import { useSources } from './sources'
import { AlarmTable } from './table'
import { Trend, useTrend } from './trend'
import { words } from './words'

/** cap is how many rows are read. Nobody reads more, and a browser holds no more with ease. */
const cap = 20_000

const minute = 60_000

const takeKey = '.'

/** Alarms is the page of the duty officer: which one now, is it known, is it over. */
export default function Alarms() {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const sources = useSources()
  const chosen = useChosen(sources)
  useKnownRegion(chosen.region)
  const head = useAnswer(AlarmsHead, useHeadVariables(chosen), { every: minute, keep: true })
  const trend = useTrend(chosen)
  const { rows, list, changes, detailChanged, take } = useList(chosen, () => {
    head.refetch()
    trend.answer.refetch()
  })
  const { id, open, close, move } = useDrawer(rows)
  useKeys({ [takeKey]: () => (changes.coming.size > 0 ? take() : false) })

  const total = list.total ?? rows.length
  const shown = Math.min(list.truncated ? rows.length : Math.max(total, rows.length), cap)
  const failed = list.total === undefined && list.problems.length > 0
  const empty = list.total !== undefined && shown === 0
  return (
    <>
      <PageHead
        title={term.alarms}
        sub={list.total == null ? undefined : list.total === 1 ? say.countOne : say.count(count(list.total))}
        extra={<QueryLink href={openQuery(AlarmsList, { ...list.variables, first: 100 })} of={term.alarms} />}
      />
      {sources !== undefined && <ProblemLine>{sources[0] === 'DEVICE' ? say.onlyDevice : say.onlyService}</ProblemLine>}
      <FilterBar chosen={chosen} head={head.data} />
      <Trend chosen={chosen} asked={trend} />
      {list.truncated && <ProblemLine>{say.tooMany(count(cap), list.total == null ? undefined : count(list.total))}</ProblemLine>}
      <div className={styles.list} aria-busy={list.reading || undefined}>
        <Coming n={changes.coming.size} onTake={take} />
        {failed || empty ? (
          <Nothing chosen={chosen} problems={failed ? list.problems : undefined} />
        ) : (
          <AlarmTable
            rows={rows}
            total={list.total === undefined ? (list.loading ? 14 : 0) : shown}
            open={id}
            flashing={changes.flashing}
            sort={chosen.sort}
            onSort={(key) => chosen.change({ sort: nextSort(chosen.sort, key) })}
            onOpen={open}
          />
        )}
      </div>
      <AlarmDrawer id={id} changed={detailChanged} onClose={close} onMove={move} />
    </>
  )
}

/** Coming is what the list does not have yet. It floats above the rows and moves none of them. */
function Coming({ n, onTake }: { n: number; onTake: () => void }) {
  const say = useWords(words)
  return (
    <div className={styles.coming} role="status">
      {n > 0 && (
        <button type="button" className={styles.take} onClick={onTake} aria-keyshortcuts={takeKey}>
          <Icon name="arrowUp" size={13} />
          {say.newOnes(n)}
          <kbd aria-hidden="true">{takeKey}</kbd>
        </button>
      )}
    </div>
  )
}

/** useList is the list with what has changed since it was read. */
function useList(chosen: Chosen, recount: () => void) {
  const variables = useSame({ filter: chosen.filter(), orderBy: chosen.order })
  const list = usePages(AlarmsList, variables, (data) => data.alarms, { cap, id: (row) => row.id })
  const known = useMemo(() => new Set(list.rows.map(({ id }) => id)), [list.rows])
  const detailChanged = useRef<((id: string | undefined) => void) | undefined>(undefined)
  const changes = useChanges({
    filter: useSame(chosen.filter('state')),
    state: chosen.state,
    known,
    reread: list.refetch,
    recount,
    told: (id) => detailChanged.current?.(id),
  })
  const { settle } = changes
  const { done, truncated, since } = list
  useEffect(() => {
    if (done || truncated) {
      settle(known, since)
    }
  }, [settle, known, done, truncated, since])
  const rows = useMemo<readonly Row[]>(
    () => (changes.rows.size === 0 ? list.rows : list.rows.map((row) => changes.rows.get(row.id)?.row ?? row)),
    [list.rows, changes.rows],
  )
  return { rows, list: { ...list, variables }, changes, detailChanged, take: () => list.refetch() }
}

/** useSame is the same object as long as it says the same. */
function useSame<T>(value: T): T {
  const text = JSON.stringify(value)
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the object
  return useMemo(() => value, [text])
}

function useHeadVariables(chosen: Chosen) {
  const others = chosen.filter('severity')
  const of = (severity: 'CRITICAL' | 'MAJOR' | 'MINOR' | 'WARNING') => ({ ...others, severities: [severity] })
  return {
    all: others,
    critical: of('CRITICAL'),
    major: of('MAJOR'),
    minor: of('MINOR'),
    warning: of('WARNING'),
    anywhere: chosen.filter('region', 'state'),
    anything: chosen.filter('service', 'state'),
  }
}

/** useDrawer is the alarm that is open, and the ways to others. */
function useDrawer(rows: readonly Row[]) {
  const [id, setId] = useParameter('id')
  const open = useCallback((row: Row) => setId(row.id), [setId])
  const close = () => setId(undefined)
  const move = (by: number) => {
    const at = rows.findIndex((row) => row.id === id)
    const next = rows[at + by]
    if (at >= 0 && next !== undefined) {
      setId(next.id, 'replace')
    }
  }
  return { id, open, close, move }
}
