import { useMemo } from 'react'

import { go, href } from '../../address'
import { openQuery, useAnswer, usePages, type Problem } from '../../data'
import { PageHead } from '../../frame'
import { DataTable } from '../../parts/datatable'
import { Bones, Empty } from '../../parts/empty'
import { QueryLink } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { nextSort, noFilter, useChosen, type Chosen } from './chosen'
import { PhoneRow, useColumns, type HostRow } from './columns'
import { Head, Ranking, Rows } from './documents'
import { Export } from './export'
import { useFigures } from './figures'
import { Filters } from './filters'
import styles from './hosts.module.css'
import { words } from './words'

/** most is how many hosts a ranking has at most. */
const most = 500

/** Hosts lists the hosts of all regions: filtered by the upstream's own words, ordered also by what their boards measured. */
export default function Hosts() {
  const say = useWords(words)
  const term = useWords(terms)
  const { count, gib } = useFormat()
  const chosen = useChosen()
  const { filter, metric } = chosen
  const head = useAnswer(Head, { filter, inRegion: chosen.inRegion }, { keep: true, every: 60_000 })
  const list = usePages(Rows, { filter, ...(chosen.order === undefined ? {} : { orderBy: chosen.order }) }, (data) => data.hosts, {
    pause: metric !== undefined,
    id: (row) => row.id,
  })
  const ranking = useAnswer(Ranking, { metric: metric ?? 'CPU', filter, first: metric === undefined ? 1 : most }, { keep: true, own: true, every: 300_000 })
  const ranked = ranking.data?.busiestHosts
  // Without it a ranking would be a table without rows.
  const noFigures = ranking.data !== undefined && (ranked === null || ranked === undefined)

  const rows: readonly HostRow[] = useMemo(
    () => (metric === undefined ? list.rows : (ranked?.hosts ?? []).map(({ host }) => host)),
    [metric, list.rows, ranked],
  )
  const total = metric === undefined ? (list.total ?? rows.length) : rows.length
  const ids = useMemo(() => rows.map(({ hostId }) => hostId), [rows])
  const { known, onWindow, readers } = useFigures(ids, noFigures)
  const columns = useColumns(known, !noFigures)

  const { chosen: sums, all, inRegion } = head.data ?? {}
  const sub = sums === null || sums === undefined ? undefined : chosen.narrowed ? say.chosen(count(sums.total), count(all?.total), gib(sums.memoryGib)) : say.sub(count(sums.total), gib(sums.memoryGib))
  const query = metric === undefined ? openQuery(Rows, { filter, orderBy: chosen.order, first: 100 }) : openQuery(Ranking, { metric, filter, first: 100 })
  const waiting = metric === undefined ? list.total === undefined : ranking.data === undefined
  const problems = metric === undefined ? list.problems : ranking.problems
  const failed = waiting && problems.length > 0

  return (
    <>
      <PageHead
        title={term.hosts}
        sub={sub}
        extra={
          <>
            <Export filter={filter} order={chosen.order} />
            <QueryLink href={query} of={term.hosts} />
          </>
        }
      />
      <Filters
        chosen={chosen}
        regions={all?.byRegion ?? []}
        clusters={inRegion?.byCluster ?? []}
        architectures={inRegion?.byCpuArchitecture ?? []}
      />
      <Notes chosen={chosen} ranked={ranked} figures={figuresOf(ranking.problems, noFigures)} shown={rows.length} truncated={list.truncated} />
      <div className={styles.table}>
        {total > 0 ? (
          <DataTable
            label={say.list}
            columns={columns}
            rows={rows}
            total={total}
            rowKey={(row) => row.id}
            phone={(row) => <PhoneRow row={row} figures={known.get(row.hostId)} />}
            href={(row) => href(`/hosts/${encodeURIComponent(row.hostId)}`, {})}
            onOpen={(row) => go(`/hosts/${encodeURIComponent(row.hostId)}`)}
            sort={chosen.sort}
            onSort={(key) => chosen.change({ sort: nextSort(chosen.sort, key) })}
            onWindow={onWindow}
          />
        ) : waiting && !failed ? (
          <Bones rows={12} />
        ) : (
          <Nothing chosen={chosen} failed={failed} again={problems.some(({ retryable }) => retryable)} />
        )}
      </div>
      {readers}
    </>
  )
}

type FiguresState = 'there' | 'refused' | 'unread' | 'nothing'

/** figuresOf tells what became of the reading of all boards. That hosts can't be read is told of the hosts. */
function figuresOf(problems: readonly Problem[], missing: boolean): FiguresState {
  const problem = problems.find(({ operation }) => operation === 'listHostPerformanceData')
  if (!missing) {
    return 'there'
  }
  return problem === undefined ? 'nothing' : problem.code === 'UPSTREAM_REJECTED' ? 'refused' : 'unread'
}

interface NotesProps {
  chosen: Chosen
  ranked: { ranked: number; leftOut: number; oldestObservedAt?: string | null | undefined } | null | undefined
  figures: FiguresState
  shown: number
  truncated: boolean
}

/** Notes say how old the figures are, and which hosts are not there. */
function Notes({ chosen, ranked, figures, shown, truncated }: NotesProps) {
  const say = useWords(words)
  const { count, dateTime } = useFormat()
  if (figures === 'refused' || figures === 'unread') {
    return <ProblemLine operation="listHostPerformanceData">{figures === 'refused' ? say.noFigures : say.figuresUnread}</ProblemLine>
  }
  const parts: string[] = []
  if (ranked !== null && ranked !== undefined) {
    if (ranked.oldestObservedAt) {
      parts.push(say.figures(dateTime(ranked.oldestObservedAt)))
    }
    if (ranked.leftOut > 0) {
      parts.push(say.leftOut(count(ranked.leftOut)))
    }
    if (chosen.metric !== undefined && ranked.ranked > shown && shown > 0) {
      parts.push(say.most(count(shown), count(ranked.ranked)))
    }
  }
  if (truncated) {
    parts.push(say.truncated(count(shown)))
  }
  return <p className={styles.notes}>{parts.join(' · ')}</p>
}

function Nothing({ chosen, failed, again }: { chosen: Chosen; failed: boolean; again: boolean }) {
  const say = useWords(words)
  if (failed) {
    return (
      <Empty title={say.unread} icon="warning">
        {again ? say.unreadHint : say.unreadWhy}
      </Empty>
    )
  }
  if (!chosen.narrowed) {
    return (
      <Empty title={say.empty} icon="host">
        {say.emptyHint}
      </Empty>
    )
  }
  return (
    <Empty title={say.nothing} icon="host">
      {say.nothingHint}{' '}
      <button type="button" className={styles.link} onClick={() => chosen.change(noFilter)}>
        {say.clear}
      </button>
    </Empty>
  )
}
