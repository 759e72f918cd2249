import { useMemo, useRef, useState } from 'react'

import { useParameter } from '../../address'
import { openQuery, useAnswer, useForget } from '../../data'
import { useRegionName } from '../../frame/regions'
import type { JobsRecordsQuery } from '../../generated/graphql'
import { Copy } from '../../parts/copy'
import { type Column, DataTable } from '../../parts/datatable'
import { Drawer } from '../../parts/drawer'
import { Bones, Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Panel } from '../../parts/panel'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { JobsRecords } from './documents'
import lines from '../../parts/lines.module.css'
import styles from './jobs.module.css'
import { words } from './words'

type Meter = Extract<NonNullable<JobsRecordsQuery['node']>, { __typename: 'MeterJob' }>
type Record = NonNullable<Meter['records']>['nodes'][number]

/** size is how many records are read at once: the upstream gives 200 a call. */
const size = 100

/** Records are the usage records of a job, a hundred at a time: the upstream does not tell how many there are. */
export function Records({ id, ready }: { id: string; ready: boolean }) {
  const say = useWords(words)
  const { count } = useFormat()
  const { rows, state, hasMore, more } = useRecords(id, ready)
  const [open, setOpen] = useParameter('record')
  const at = open === undefined || !/^\d{1,7}$/.test(open) ? undefined : Number(open) - 1
  const record = at === undefined ? undefined : rows[at]
  const query = openQuery(JobsRecords, { id, first: size })
  const sub = rows.length === 0 ? undefined : hasMore ? say.recordsSub(count(rows.length)) : say.recordsAll(count(rows.length))
  return (
    <Panel title={say.records} sub={sub} query={query} flush>
      {rows.length > 0 ? (
        <>
          <Table rows={rows} open={open} onOpen={(place) => setOpen(String(place + 1))} />
          <div className={styles.foot}>
            {hasMore && (
              <button type="button" className={styles.start} disabled={state === 'reading'} onClick={more}>
                {state === 'reading' ? say.reading : say.more}
              </button>
            )}
            <span className={styles.help}>{say.recordsNotFinal}</span>
          </div>
        </>
      ) : !ready ? (
        <Empty icon="clock" title={say.recordsWait} />
      ) : state === 'failed' ? (
        <Empty icon="warning" title={say.recordsFailed}>
          {say.failedHint}
        </Empty>
      ) : state === 'reading' ? (
        <Bones rows={8} />
      ) : (
        <Empty icon="table" title={say.recordsNone}>
          {say.recordsNoneHint}
        </Empty>
      )}
      <Drawer open={record !== undefined} onClose={() => setOpen(undefined)} title={say.record}>
        {record !== undefined && <Detail record={record} />}
      </Drawer>
    </Panel>
  )
}

/** useRecords reads a page, and the next one behind it whenever more are wanted. */
function useRecords(id: string, ready: boolean) {
  const [after, setAfter] = useState<string | null>(null)
  // Pages that are there, by their cursor; the last one may still be coming.
  const pages = useRef(new Map<string | null, readonly Record[]>())
  useForget(() => {
    pages.current.clear()
    setAfter(null)
  })
  const { data, problems, refetch } = useAnswer(JobsRecords, { id, first: size, after }, { pause: !ready })
  const page = data?.node?.__typename === 'MeterJob' ? data.node.records : undefined
  if (page !== undefined && page !== null) {
    pages.current.set(after, page.nodes)
  }
  const held = pages.current.size
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the pages are those of the data
  const rows = useMemo(() => [...pages.current.values()].flat(), [page, held])
  const state: 'reading' | 'failed' | 'read' = page != null ? 'read' : problems.length > 0 ? 'failed' : 'reading'
  const next = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null
  // A page that failed is asked for again by the same button.
  const more = () => (next !== null ? setAfter(next) : refetch())
  return { rows, state, hasMore: state === 'read' ? next !== null : rows.length > 0, more }
}

function Table({ rows, open, onOpen }: { rows: readonly Record[]; open: string | undefined; onOpen(place: number): void }) {
  const say = useWords(words)
  const term = useWords(terms)
  const region = useRegionName()
  const { decimal, dateTime, exact } = useFormat()
  // Two records may be equal in all that is told of them.
  const places = useMemo(() => new Map(rows.map((row, place) => [row, place])), [rows])
  const period = ({ beginAt, endAt }: Record) => (
    <span title={`${exact(beginAt)} – ${exact(endAt)}`}>
      {dateTime(beginAt)} – {dateTime(endAt)}
    </span>
  )
  const columns: Column<Record>[] = [
    { key: 'period', title: say.period, width: 190, cell: period },
    { key: 'spec', title: say.spec, width: '18%', cell: (row) => <span className={styles.mono}>{row.resourceSpecCode ?? '—'}</span> },
    { key: 'type', title: say.resourceType, hideBelow: 1100, cell: (row) => <span className={styles.mono}>{row.resourceTypeCode ?? '—'}</span> },
    { key: 'resource', title: say.resource, cell: (row) => <span className={styles.mono}>{row.resourceId ?? '—'}</span> },
    { key: 'region', title: term.region, width: '14%', hideBelow: 900, cell: (row) => region(row.regionCode) },
    { key: 'factor', title: say.factor, width: 96, hideBelow: 900, cell: (row) => row.accumulateFactorName ?? '—' },
    { key: 'value', title: say.value, width: 90, align: 'end', cell: (row) => decimal(row.accumulateFactorValue) },
  ]
  return (
    <DataTable
      label={say.records}
      columns={columns}
      rows={rows}
      rowKey={(row) => String((places.get(row) ?? 0) + 1)}
      open={open}
      onOpen={(_, place) => onOpen(place)}
      phone={(row) => (
        <span className={lines.phone}>
          <span className={lines.line}>
            <span className={lines.cut}>
              <span className={styles.mono}>{row.resourceSpecCode ?? row.resourceTypeCode ?? '—'}</span>
            </span>
            <span>
              {decimal(row.accumulateFactorValue)} <span className={styles.pale}>{row.accumulateFactorName}</span>
            </span>
          </span>
          <span className={lines.line} data-second>
            <span className={lines.cut}>{region(row.regionCode)}</span>
            {period(row)}
          </span>
        </span>
      )}
    />
  )
}

function Detail({ record }: { record: Record }) {
  const say = useWords(words)
  const term = useWords(terms)
  const region = useRegionName()
  const { decimal, exact } = useFormat()
  const id = (name: string, text: string | null) =>
    text === null ? null : (
      <>
        {text} <Copy text={text} label={say.copyOf(name)} />
      </>
    )
  return (
    <div className={styles.progress}>
      <Facts
        wide
        facts={[
          { name: say.period, value: `${exact(record.beginAt)} – ${exact(record.endAt)}` },
          { name: record.accumulateFactorName ?? say.value, value: decimal(record.accumulateFactorValue) },
          { name: say.recorded, value: record.recordedAt === null ? null : exact(record.recordedAt) },
          { name: say.service, value: record.cloudServiceTypeCode, mono: true },
          { name: say.resourceType, value: record.resourceTypeCode, mono: true },
          { name: say.spec, value: record.resourceSpecCode, mono: true },
          { name: say.resource, value: id(say.resource, record.resourceId), mono: true },
          { name: say.parent, value: id(say.parent, record.parentResourceId), mono: true },
          { name: term.region, value: record.regionCode === null ? null : `${region(record.regionCode)} · ${record.regionCode}` },
          { name: say.zone, value: record.availabilityZone, mono: true },
          { name: say.accountName, value: record.domainName },
          { name: say.account, value: record.domainId, mono: true },
          { name: say.project, value: id(say.project, record.projectId), mono: true },
          { name: say.enterpriseProject, value: record.enterpriseProjectId, mono: true },
          { name: say.type, value: record.recordType },
          { name: say.tag, value: record.tag },
        ]}
      />
      <details className={styles.raw} open>
        <summary>{say.raw}</summary>
        <pre tabIndex={0}>{JSON.stringify(record.raw, null, 2)}</pre>
      </details>
    </div>
  )
}
