import { useCallback, useEffect, useMemo } from 'react'

import { go, href, useChoice } from '../../address'
import { away, isMissing, openQuery, usePages } from '../../data'
import { PageHead } from '../../frame'
import type { JobKind, JobsListQuery } from '../../generated/graphql'
import { Copy } from '../../parts/copy'
import { type Column, DataTable } from '../../parts/datatable'
import { Bones, Empty } from '../../parts/empty'
import { Icon } from '../../parts/icon'
import { Panel } from '../../parts/panel'
import { Segmented } from '../../parts/segmented'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { JobsList } from './documents'
import { Follow, useTold } from './follow'
import { FormDrawer } from './form'
import { formNames, type FormName } from './forms'
import lines from '../../parts/lines.module.css'
import styles from './jobs.module.css'
import { takeStarted } from './starts'
import { isUnderWay, standingOf, StateOf, useKindWord, type Standing } from './state'
import { words } from './words'

type Started = NonNullable<JobsListQuery['jobs']>['nodes'][number]

/** Row is a started job with how it stands now. */
interface Row extends Started {
  standing: Standing
  progress: number | null
}

const kinds: readonly JobKind[] = ['METER', 'USAGE_EXPORT', 'ASP_REPORT']

/** followed is how many running jobs of the list are followed at once. */
const followed = 10

/** often is how often the list is read while an export or a report runs, which no subscription tells of. */
const often = 15_000

/** List is the page of all jobs. */
export function List() {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const [kind, setKind] = useChoice('kind', kinds)
  const [form, setForm] = useChoice('start', formNames)
  const variables = { kinds: kind === undefined ? null : [kind] }
  const list = usePages(JobsList, variables, (data) => data.jobs, { id: ({ id }) => id })
  const { refetch, problems } = list
  const [told, tell] = useTold()
  const rows = useMemo(() => list.rows.map((row, at) => rowOf(row, isMissing(problems, `jobs.nodes.${at}.job`), told)), [list.rows, problems, told])
  useEffect(() => {
    if (takeStarted()) {
      refetch()
    }
  }, [refetch])
  // What failed is asked again when its errors say, and a gateway that is away when it is back.
  const failing = problems.some(({ code, retryable }) => retryable || code === away)
  useOften(!failing && rows.some(({ standing, kind: of }) => of !== 'METER' && isUnderWay(standing)), refetch)
  const missed = useCallback(() => refetch(), [refetch])

  const total = list.total ?? rows.length
  const waiting = list.total === undefined && rows.length === 0
  const failed = waiting && problems.length > 0
  const counted = kind === undefined && list.total !== undefined && list.total !== null
  return (
    <>
      <PageHead title={term.jobs} sub={counted && total > 0 ? (total === 1 ? say.subOne : say.sub(count(total))) : undefined} />
      <div className={styles.bar1}>
        <div className={styles.kinds}>
          <Segmented
            label={say.kinds}
            value={kind ?? 'ALL'}
            segments={[
              { value: 'ALL', label: term.all },
              { value: 'METER', label: say.metering },
              { value: 'USAGE_EXPORT', label: say.exports },
              { value: 'ASP_REPORT', label: say.startReport },
            ]}
            onChange={(value) => setKind(value === 'ALL' ? undefined : value)}
          />
        </div>
        <Starts onStart={setForm} />
      </div>
      <Panel title={say.list} query={openQuery(JobsList, { ...variables, first: 100 })} flush>
        {rows.length > 0 ? (
          <Table rows={rows} total={total} label={say.list} />
        ) : waiting && !failed ? (
          list.loading && <Bones rows={6} />
        ) : (
          <Nothing failed={failed} narrowed={kind !== undefined} onAll={() => setKind(undefined)} />
        )}
      </Panel>
      {rows
        .filter((row) => row.kind === 'METER' && isUnderWay(row.standing) && row.job !== null && 'domainId' in row.job)
        .slice(0, followed)
        .map(({ jobId, job }) => (
          <Follow key={jobId} jobId={jobId} domainId={job !== null && 'domainId' in job ? job.domainId : ''} onTold={tell} onMissed={missed} />
        ))}
      <FormDrawer name={form} onClose={() => setForm(undefined)} />
    </>
  )
}

function rowOf(row: Started, missing: boolean, told: ReturnType<typeof useTold>[0]): Row {
  const { job } = row
  if (job === null) {
    return { ...row, standing: missing ? 'MISSING' : 'GONE', progress: null }
  }
  const event = told.get(row.jobId)
  const read = { status: job.status, progress: 'progress' in job ? job.progress : null }
  // An answer that is newer than the last event has at least as much in it: a job goes one way only.
  const now = event !== undefined && isUnderWay(job.status) ? event : read
  return { ...row, standing: standingOf(now.status, row.kind), progress: now.progress }
}

function useOften(wanted: boolean, refetch: () => void): void {
  useEffect(() => {
    if (!wanted) {
      return
    }
    const timer = setInterval(() => document.visibilityState === 'visible' && refetch(), often)
    return () => clearInterval(timer)
  }, [wanted, refetch])
}

function Starts({ onStart }: { onStart(name: FormName): void }) {
  const say = useWords(words)
  const names = { metering: say.startMetering, users: say.startUsers, desktops: say.startDesktops, report: say.startReport }
  return (
    <div role="group" aria-label={say.start} className={styles.starts}>
      {formNames.map((name) => (
        <button key={name} type="button" className={styles.start} data-first={name === 'metering' || undefined} aria-haspopup="dialog" onClick={() => onStart(name)}>
          <Icon name="plus" size={13} /> {names[name]}
        </button>
      ))}
    </div>
  )
}

/** exportedOf is whom an export is about, where the row is one. */
function exportedOf({ job }: Row) {
  return job !== null && 'kind' in job ? job.kind : undefined
}

function Table({ rows, total, label }: { rows: readonly Row[]; total: number; label: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const kindWord = useKindWord()
  const columns: Column<Row>[] = [
    { key: 'kind', title: say.kind, width: '20%', cell: (row) => <span className={styles.kind}>{kindWord(row.kind, exportedOf(row))}</span> },
    { key: 'period', title: say.period, width: '22%', cell: (row) => <Period row={row} /> },
    { key: 'state', title: term.state, width: '22%', cell: ({ standing, progress }) => <StateOf standing={standing} progress={progress} /> },
    { key: 'submitted', title: say.submitted, width: 130, cell: ({ submittedAt }) => <Time at={submittedAt} /> },
    { key: 'id', title: say.jobId, hideBelow: 900, cell: ({ jobId }) => <Id jobId={jobId} /> },
  ]
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      total={total}
      rowKey={({ id }) => id}
      phone={(row) => (
        <span className={lines.phone}>
          <span className={lines.line}>
            <span className={styles.kind}>{kindWord(row.kind, exportedOf(row))}</span>
            <StateOf standing={row.standing} progress={row.progress} />
          </span>
          <span className={lines.line} data-second>
            <span className={lines.cut}>{row.from === null ? <span className={styles.mono}>{row.jobId}</span> : <Period row={row} />}</span>
            <Time at={row.submittedAt} />
          </span>
        </span>
      )}
      href={({ id }) => href(`/jobs/${encodeURIComponent(id)}`, {})}
      onOpen={({ id }) => go(`/jobs/${encodeURIComponent(id)}`)}
    />
  )
}

function Period({ row: { from, to } }: { row: Row }) {
  const say = useWords(words)
  const { dateTime, exact } = useFormat()
  if (from === null || to === null) {
    return (
      <span className={styles.pale} title={say.noPeriod}>
        —
      </span>
    )
  }
  return (
    <span title={`${exact(from)} – ${exact(to)}`}>
      {dateTime(from)} – {dateTime(to)}
    </span>
  )
}

/** Id is the upstream's id of a job, to be copied. */
export function Id({ jobId }: { jobId: string }) {
  const say = useWords(words)
  return (
    <span className={styles.id}>
      <span className={styles.mono}>{jobId}</span>
      <Copy text={jobId} label={say.copyId} />
    </span>
  )
}

function Nothing({ failed, narrowed, onAll }: { failed: boolean; narrowed: boolean; onAll(): void }) {
  const say = useWords(words)
  if (failed) {
    return (
      <Empty icon="warning" title={say.failedList}>
        {say.failedHint}
      </Empty>
    )
  }
  return (
    <Empty icon="jobs" title={narrowed ? say.noneOfKind : say.none}>
      {narrowed ? say.noneOfKindHint : say.noneHint}{' '}
      {narrowed && (
        <button type="button" className={styles.link} onClick={onAll}>
          {say.showAll}
        </button>
      )}
    </Empty>
  )
}
