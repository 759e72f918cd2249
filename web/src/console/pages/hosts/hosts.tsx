import { useMemo } from 'react'

import { go, href } from '../../address'
import { openQuery, useAnswer, usePages, type Problem } from '../../data'
import { PageHead, useKnownRegion } from '../../frame'
import { DataTable, type Sort } from '../../parts/datatable'
import { Bones, Empty } from '../../parts/empty'
import { QueryLink } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { nextSort, noFilter, useChosen, type Chosen } from './chosen'
import { PhoneRow, useColumns, type HostRow } from './columns'
import { Head, Ranking, Rows } from './documents'
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
  useKnownRegion(chosen.region)
  const head = useAnswer(Head, { filter, inRegion: chosen.inRegion }, { keep: true, every: 60_000 })
  const ranking = useAnswer(Ranking, { metric: metric ?? 'CPU', filter, first: metric === undefined ? 1 : most }, { keep: true, own: true, every: 300_000 })
  const ranked = ranking.data?.busiestHosts
  const answered = ranking.data !== undefined || ranking.problems.length > 0
  const missing = answered && !ranked
  const reading = readingOf(ranking.problems, missing)
  // Without a ranking the hosts are there all the same, by their names.
  const byFigure = metric !== undefined && !(answered && (ranked?.hosts ?? []).length === 0)
  const sort: Sort = metric === undefined || byFigure ? chosen.sort : { key: 'name', descending: false }
  const list = usePages(Rows, { filter, orderBy: chosen.order }, (data) => data.hosts, { pause: byFigure, id: (row) => row.id })
  const now = ranking.kept ? undefined : ranked
  // The rows before stay until those of a ranking are there; of one that was asked for without its rows there is one.
  const whole = byFigure && ranked && ranked.hosts.length >= Math.min(ranked.ranked, most) ? ranked.hosts : undefined

  const rows: readonly HostRow[] = useMemo(() => whole?.map(({ host }) => host) ?? list.rows, [list.rows, whole])
  const total = byFigure ? rows.length : (list.total ?? rows.length)
  const ids = useMemo(() => rows.map(({ hostId }) => hostId), [rows])
  const { known, onWindow, readers, measured } = useFigures(ids, { missing, told: !answered || reading !== 'there' })
  const columns = useColumns(known, measured)

  const { chosen: sums, all, inRegion } = head.data ?? {}
  const sub = sums && [
    chosen.narrowed ? say.chosen(count(sums.total), count(all?.total)) : say.total(count(sums.total)),
    gib(sums.memoryGib),
    ...(sums.hostsWithoutMemory > 0 ? [say.withoutMemory(count(sums.hostsWithoutMemory))] : []),
  ].join(' · ')
  const query = byFigure ? openQuery(Ranking, { metric, filter, first: 100 }) : openQuery(Rows, { filter, orderBy: chosen.order, first: 100 })
  const waiting = byFigure ? now === undefined : list.total === undefined
  const failed = !byFigure && waiting && list.problems.length > 0

  return (
    <>
      <PageHead
        title={term.hosts}
        sub={sub ?? undefined}
        extra={<QueryLink href={query} of={term.hosts} />}
      />
      <Filters
        chosen={chosen}
        sort={sort}
        regions={all?.byRegion ?? []}
        clusters={inRegion?.byCluster ?? []}
        architectures={inRegion?.byCpuArchitecture ?? []}
      />
      <Notes ranked={now} byFigure={byFigure} reading={reading} shown={rows.length} truncated={!byFigure && list.truncated} />
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
            sort={sort}
            onSort={(key) => chosen.change({ sort: nextSort(chosen.sort, key) })}
            onWindow={onWindow}
          />
        ) : waiting && !failed ? (
          <Bones rows={12} />
        ) : (
          <Nothing chosen={chosen} failed={failed} again={list.problems.some(({ retryable }) => retryable)} />
        )}
      </div>
      {readers}
    </>
  )
}

type BoardReading = 'there' | 'refused' | 'unread' | 'nothing'

/** readingOf tells what became of the reading of all boards. That hosts can't be read is told of the hosts. */
function readingOf(problems: readonly Problem[], missing: boolean): BoardReading {
  const problem = problems.find(({ operation }) => operation !== 'listHostDetails')
  if (problem === undefined) {
    return missing ? 'nothing' : 'there'
  }
  return missing && problem.code === 'UPSTREAM_REJECTED' ? 'refused' : 'unread'
}

interface NotesProps {
  ranked: { ranked: number; leftOut: number; oldestObservedAt?: string | null | undefined } | null | undefined
  byFigure: boolean
  reading: BoardReading
  shown: number
  truncated: boolean
}

/** Notes say how old the figures are, and which hosts are not there. */
function Notes({ ranked, byFigure, reading, shown, truncated }: NotesProps) {
  const say = useWords(words)
  const { count, dateTime } = useFormat()
  const parts: string[] = []
  if (ranked !== null && ranked !== undefined) {
    if (ranked.oldestObservedAt) {
      parts.push(say.figures(dateTime(ranked.oldestObservedAt)))
    }
    if (ranked.leftOut > 0) {
      parts.push(say.leftOut(count(ranked.leftOut)))
    }
    if (byFigure && ranked.ranked > shown) {
      parts.push(say.most(count(shown), count(ranked.ranked)))
    }
  }
  if (truncated) {
    parts.push(say.truncated(count(shown)))
  }
  const failed = reading === 'refused' || reading === 'unread'
  return (
    <>
      {failed && <ProblemLine operation="listHostPerformanceData">{reading === 'refused' ? say.noFigures : say.figuresUnread}</ProblemLine>}
      {(!failed || parts.length > 0) && <p className={styles.notes}>{parts.join(' · ')}</p>}
    </>
  )
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
