import { useMemo } from 'react'

import { href } from '../../address'
import { useRegionName } from '../../frame'
import { Chip } from '../../parts/chip'
import { DataTable, type Column } from '../../parts/datatable'
import { Icon } from '../../parts/icon'
import { useBelow } from '../../parts/screen'
import { SeverityMark } from '../../parts/severity'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { useLanguage } from '../../text/language'
import { serviceName } from '../../text/services'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { Row } from './documents'
import type { Chosen } from './filter'
import styles from './table.module.css'
import { words } from './words'

/** serviceOf is the service that an alarm affects: as it is called, else as it was sent. */
export function serviceOf({ cloudService, affectedService }: Pick<Row, 'cloudService' | 'affectedService'>): string {
  return cloudService?.type ? serviceName(cloudService.type) : (affectedService ?? '—')
}

/** objectOf is what an alarm is about. */
export function objectOf({ managedElement, managedObject }: Pick<Row, 'managedElement' | 'managedObject'>): string {
  return managedElement?.name ?? managedObject ?? '—'
}

interface AlarmTableProps {
  rows: readonly (Row | undefined)[]
  total: number
  open: string | undefined
  flashing: ReadonlySet<string>
  sort: Chosen['sort']
  onSort: (key: string) => void
  onOpen: (row: Row) => void
}

/** AlarmTable is the list of alarms. */
export function AlarmTable({ rows, total, open, flashing, sort, onSort, onOpen }: AlarmTableProps) {
  const say = useWords(words)
  const columns = useColumns()
  const nameOf = useRegionName()
  return (
    <DataTable<Row>
      label={say.list}
      columns={columns}
      rows={rows}
      total={total}
      rowKey={(row) => row.id}
      href={(row) => href('/alarms', { id: row.id })}
      open={open}
      onOpen={onOpen}
      isNew={(row) => flashing.has(row.id)}
      isOver={(row) => row.cleared === true}
      sort={sort}
      onSort={onSort}
      phone={(row) => <PhoneRow row={row} place={row.regionCode == null ? undefined : nameOf(row.regionCode)} />}
    />
  )
}

function useColumns(): Column<Row>[] {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const nameOf = useRegionName()
  const english = useLanguage() === 'en'
  const narrow = useBelow() <= 1300
  return useMemo<Column<Row>[]>(
    () => [
      {
        key: 'urgency',
        title: term.severity,
        width: 106,
        sort: true,
        cell: (row) => <SeverityMark severity={row.severity} cleared={row.cleared === true} word />,
      },
      {
        key: 'name',
        title: say.name,
        sort: true,
        cell: (row) => (
          <span className={styles.name} title={row.name ?? undefined}>
            {row.name ?? '—'}
          </span>
        ),
      },
      {
        key: 'region',
        title: term.region,
        width: narrow ? '19%' : english ? '14%' : '17%',
        cell: (row) => <Place code={row.regionCode} name={nameOf} />,
      },
      { key: 'service', title: say.service, width: 78, hideBelow: 1100, cell: serviceOf },
      {
        key: 'object',
        title: term.object,
        width: 166,
        cell: (row) => (
          <span className={styles.object} title={objectOf(row)}>
            {objectOf(row)}
          </span>
        ),
      },
      { key: 'times', title: say.times, width: 62, align: 'end', hideBelow: 1100, cell: (row) => count(row.occurrences) },
      {
        key: 'first',
        title: say.first,
        width: 108,
        sort: true,
        hideBelow: 1300,
        cell: (row) => (
          <span className={styles.time}>
            <Time at={row.firstOccurredAt} show="date" seconds={60} />
          </span>
        ),
      },
      {
        key: 'last',
        title: say.last,
        width: 108,
        sort: true,
        cell: (row) => (
          <span className={styles.time}>
            <Time at={row.lastOccurredAt} show="date" seconds={60} />
          </span>
        ),
      },
      { key: 'state', title: term.state, width: narrow ? 126 : english ? 188 : 152, cell: (row) => <StateOf row={row} brief={narrow} /> },
    ],
    [say, term, count, nameOf, english, narrow],
  )
}

function Place({ code, name }: { code: string | null | undefined; name: (code: string) => string }) {
  if (code === null || code === undefined) {
    return '—'
  }
  const named = name(code)
  return (
    <span className={styles.place} title={`${named} ${code}`}>
      {named}
      {named !== code && <span className={styles.code}>{code}</span>}
    </span>
  )
}

/** StateOf is whether an alarm is over, and whether somebody has seen it. */
export function StateOf({ row, brief = false }: { row: Pick<Row, 'cleared' | 'acknowledged'>; brief?: boolean }) {
  const term = useWords(terms)
  return (
    <span className={styles.state} data-over={row.cleared === true || undefined}>
      {row.cleared === true ? <Icon name="check" size={12} /> : <span className={styles.dot} aria-hidden="true" />}
      {row.cleared === true ? term.cleared : term.active}
      {row.acknowledged === true && !brief && <Chip>{term.acknowledged}</Chip>}
      {row.acknowledged === true && brief && (
        <Chip title={term.acknowledged}>
          <Icon name="check" size={11} />
          <span className="visually-hidden">{term.acknowledged}</span>
        </Chip>
      )}
    </span>
  )
}

function PhoneRow({ row, place }: { row: Row; place: string | undefined }) {
  return (
    <span className={styles.phone}>
      <span className={styles.first}>
        <SeverityMark severity={row.severity} cleared={row.cleared === true} word />
        <span className={styles.name}>{row.name ?? '—'}</span>
        <span className={styles.age}>
          <Time at={row.lastOccurredAt} seconds={60} />
        </span>
      </span>
      <span className={styles.second}>{[place, objectOf(row)].filter((part) => part !== undefined).join(' · ')}</span>
    </span>
  )
}
