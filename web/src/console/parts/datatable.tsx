import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

import { useKeys } from '../frame/keys'
import { useLatest } from '../latest'
import { useWords } from '../text/words'
import styles from './datatable.module.css'
import { Bone } from './empty'
import { Icon } from './icon'
import { useBelow } from './screen'
import { scrollerOf, seenOf, useWindow } from './table/scroller'
import { piecesOf, placeOf, rowAfter, scrollTo, type Place } from './table/window'
import { words } from './words'

export interface Column<Row> {
  key: string
  title: ReactNode
  /** Width as a share of the whole (a number of px is fixed, text such as "18%" is taken as it is); without it what is left is shared. */
  width?: number | string | undefined
  align?: 'start' | 'end' | undefined
  /** Whether its head sorts; the name is what onSort gets. */
  sort?: boolean | undefined
  /** Left out where the screen is narrower than so many px. */
  hideBelow?: 900 | 1100 | 1300 | undefined
  cell(row: Row, index: number): ReactNode
}

export interface Sort {
  key: string
  descending: boolean
}

interface DataTableProps<Row> {
  /** Name of the table, for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  /** Rows by their place in the whole list; those not there yet are drawn as bones. */
  rows: readonly (Row | undefined)[]
  /** How many rows the whole list has; the length of rows where it is not given. */
  total?: number | undefined
  rowKey(row: Row): string
  /** What a row shows on a phone, in two lines. */
  phone(row: Row): ReactNode
  /** Address of a row: the usual keys open it in a new tab. */
  href?(row: Row): string
  onOpen?(row: Row, index: number): void
  /** Key of the row that is open. */
  open?: string | undefined
  /** Rows that are told to have just changed. */
  isNew?(row: Row): boolean
  /** Rows whose matter is over are paler. */
  isOver?(row: Row): boolean
  sort?: Sort | undefined
  onSort?(key: string): void
  /** Told which rows are drawn, for what is read of those alone. */
  onWindow?(from: number, to: number): void
}

/**
 * DataTable is a list of any length of which only the rows in sight are in the document. It lies in what scrolls around it, its head
 * stays at the top of that. The rows are one tab stop; arrows, j and k, Home, End and the page keys move in it, Enter opens.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, phone, href, onOpen, open, isNew, isOver, sort, onSort } = props
  const below = useBelow()
  const isPhone = below === 720
  const columns = props.columns.filter(({ hideBelow }) => hideBelow === undefined || hideBelow < below)
  const total = props.total ?? rows.length
  const rowHeight = isPhone ? 54 : 36
  const head = useRef<HTMLTableSectionElement>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const { from, to, measure } = useWindow(body, rowHeight, total)
  const [at, setAt] = useState<Place>({ index: 0 })
  const [inside, setInside] = useState(false)
  const keyAt = (index: number) => {
    const row = rows[index]
    return row === undefined ? undefined : rowKey(row)
  }
  const place = inside ? placeOf(at, rows.length, keyAt) : at
  if (place !== at) {
    setAt(place)
  }
  const goTo = (index: number) => setAt({ index, key: keyAt(index) })
  const stop = Math.min(place.index, Math.max(0, total - 1))

  const focusRow = (index: number) => {
    const element = body.current
    if (element === null || total === 0) {
      return
    }
    const row = Math.min(Math.max(index, 0), total - 1)
    const scroller = scrollerOf(element)
    flushSync(() => {
      goTo(row)
      setInside(true)
    })
    scroller.scrollTop = scrollTo(row, rowHeight, seenOf(scroller, element), isPhone ? 0 : (head.current?.offsetHeight ?? 0))
    flushSync(measure)
    element.querySelector<HTMLElement>(`[aria-rowindex="${row + 2}"]`)?.focus({ preventScroll: true })
  }
  const move = (by: number) => focusRow(inside ? stop + by : stop)
  // Wherever the focus is, also in the rows: letters can be switched off.
  useKeys(total > 0 ? { j: () => move(1), k: () => move(-1) } : {})
  // Who closes what was open has the focus on its row, also where it took it from nowhere, or from the row of another that was open before.
  const opened = useRef(open)
  useEffect(() => {
    const before = opened.current
    opened.current = open
    if (before === undefined || open !== undefined) {
      return undefined
    }
    const timer = setTimeout(() => {
      const index = rows.findIndex((row) => row !== undefined && rowKey(row) === before)
      const now = document.activeElement
      if (index >= 0 && (now === null || now === document.body || body.current?.contains(now) === true)) {
        focusRow(index)
      }
    }, 200)
    return () => clearTimeout(timer)
    // It is about closing alone; the rows are those of that moment.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open])
  const told = useLatest(props.onWindow)
  useEffect(() => told.current?.(from, to), [told, from, to])

  const press = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement
    if (target.getAttribute('role') !== 'row' || event.ctrlKey || event.metaKey || event.altKey) {
      return
    }
    const row = rows[stop]
    if (event.key === 'Enter' && onOpen !== undefined && row !== undefined) {
      event.preventDefault()
      onOpen(row, stop)
      return
    }
    const scroller = body.current === null ? undefined : scrollerOf(body.current)
    const page = Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / rowHeight) - 2)
    const next = rowAfter(event.key, stop, total, page)
    if (next !== undefined) {
      event.preventDefault()
      focusRow(next)
    }
  }
  const click = (event: MouseEvent, row: Row, index: number) => {
    const own = (event.target as HTMLElement).closest('a, button, input, select')
    if ((own !== null && own !== event.currentTarget) || onOpen === undefined) {
      return
    }
    if ((event.ctrlKey || event.metaKey || event.button === 1) && href !== undefined) {
      globalThis.open(href(row), '_blank', 'noopener')
      return
    }
    goTo(index)
    onOpen(row, index)
  }

  const draw = (index: number) => {
    const row = rows[index]
    const key = row === undefined ? `bone-${index}` : rowKey(row)
    return (
      <tr
        key={key}
        role="row"
        aria-rowindex={index + 2}
        tabIndex={index === stop ? 0 : -1}
        className={styles.row}
        style={{ height: rowHeight }}
        data-opens={onOpen !== undefined || undefined}
        data-new={(row !== undefined && isNew?.(row)) || undefined}
        data-over={(row !== undefined && isOver?.(row)) || undefined}
        aria-current={row !== undefined && open === key ? 'true' : undefined}
        aria-busy={row === undefined || undefined}
        onFocus={() => goTo(index)}
        onClick={row === undefined ? undefined : (event) => click(event, row, index)}
        onAuxClick={row === undefined ? undefined : (event) => event.button === 1 && click(event, row, index)}
      >
        {isPhone ? (
          <td role="cell" colSpan={columns.length} className={styles.phone}>
            {row === undefined ? <Bone width={70} /> : phone(row)}
          </td>
        ) : (
          columns.map((column, place) => (
            <td key={column.key} role="cell" className={styles.cell} data-align={column.align}>
              {row === undefined ? place % 2 === 0 && <Bone width={place === 0 ? 70 : 50} /> : column.cell(row, index)}
            </td>
          ))
        )}
      </tr>
    )
  }

  return (
    <table role="table" aria-label={label} aria-rowcount={total + 1} aria-colcount={isPhone ? 1 : columns.length} className={styles.table} data-phone={isPhone || undefined}>
      {!isPhone && (
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={column.width === undefined ? undefined : { width: column.width }} />
          ))}
        </colgroup>
      )}
      <thead ref={head} role="rowgroup" className={isPhone ? 'visually-hidden' : styles.head}>
        <tr role="row" aria-rowindex={1}>
          {isPhone ? (
            <th role="columnheader">{label}</th>
          ) : (
            columns.map((column) => <Head key={column.key} column={column} sort={sort} onSort={onSort} />)
          )}
        </tr>
      </thead>
      <tbody
        ref={body}
        role="rowgroup"
        onKeyDown={press}
        onFocus={() => setInside(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setInside(false)}
      >
        {piecesOf({ from, to }, rowHeight, total, inside ? stop : undefined).map((piece) =>
          'row' in piece ? (
            draw(piece.row)
          ) : (
            <tr key={piece.key} aria-hidden="true" role="presentation" style={{ height: piece.space }}>
              <td role="presentation" colSpan={columns.length} className={styles.space} />
            </tr>
          ),
        )}
      </tbody>
    </table>
  )
}

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort: Sort | undefined; onSort: ((key: string) => void) | undefined }) {
  const say = useWords(words)
  const sorted = sort?.key === column.key
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : undefined
  const title = typeof column.title === 'string' ? column.title : column.key
  return (
    <th role="columnheader" scope="col" aria-sort={order} className={styles.title} data-align={column.align}>
      {column.sort === true && onSort !== undefined ? (
        <button type="button" className={styles.sort} title={say.sortBy(title)} onClick={() => onSort(column.key)}>
          {column.title}
          <Icon name={sorted ? (sort.descending ? 'chevronDown' : 'chevronUp') : 'sort'} size={12} className={sorted ? undefined : styles.idle} />
        </button>
      ) : (
        column.title
      )}
    </th>
  )
}
