import { type KeyboardEvent, useRef, useState } from 'react'

import { Link } from '../../address'
import { useWords } from '../../text/words'
import type { Asked } from './asked'
import styles from './capacity.module.css'
import { keyOf, unitsOf, valueOf, type Dimension, type Forecasts, type Head, type Matrix } from './figures'
import { useNames } from './names'
import { Share } from './share'
import { words } from './words'

interface MatrixTableProps {
  label: string
  matrix: Matrix
  asked: Asked
  forecasts: Forecasts | undefined
  open: string | undefined
  onOpen(key: string): void
}

/** MatrixTable is the cross of two dimensions. Its cells are one tab stop; arrows move among them, Enter opens. */
export function MatrixTable({ label, matrix, asked, forecasts, open, onOpen }: MatrixTableProps) {
  const say = useWords(words)
  const { poolOf, dimensionOf } = useNames()
  const { rows, columns, show } = asked
  const split = unitsOf(rows, columns)
  const [at, setAt] = useState<[number, number]>([0, 0])
  const body = useRef<HTMLTableSectionElement>(null)
  const stop = stopOf(matrix, at)

  const move = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return
    }
    event.preventDefault()
    const next = nextCell(matrix, stop, step)
    if (next !== undefined) {
      setAt(next)
      body.current?.querySelector<HTMLElement>(`[data-at="${next.join(' ')}"]`)?.focus()
    }
  }
  const drawn = (row: Head, column: Head, place: [number, number]) => {
    const cell = matrix.cellOf(row, column)
    if (cell === undefined) {
      return <span className={styles.none}>—</span>
    }
    const key = keyOf(cell)
    return (
      <button
        type="button"
        className={styles.cell}
        data-at={place.join(' ')}
        tabIndex={place[0] === stop?.[0] && place[1] === stop[1] ? 0 : -1}
        aria-current={open === key ? 'true' : undefined}
        onFocus={() => setAt(place)}
        onClick={() => onOpen(key)}
      >
        <Share cell={cell} label={poolOf(cell, [rows, columns])} show={show} forecast={forecasts?.get(key)} told={forecasts !== undefined} />
      </button>
    )
  }
  const sum = (head: Head) => {
    const cell = matrix.sumOf(head)
    return cell === undefined || show === 'days' ? null : <Share cell={cell} label={`${say.total} ${poolOf(cell, [split === 'rows' ? rows : columns])}`} show={show} forecast={undefined} told={false} />
  }
  const hasSums = show !== 'days'

  return (
    <div className={styles.scroll}>
      <table className={styles.matrix} aria-label={label}>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              {dimensionOf[rows]}
            </th>
            {matrix.columns.map((head) => (
              <th key={head.key} scope="col">
                <HeadName head={head} dimension={columns} />
              </th>
            ))}
            {hasSums && split === 'rows' && <th scope="col">{say.total}</th>}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={move}>
          {matrix.rows.map((row, down) => (
            <tr key={row.key}>
              <th scope="row" className={styles.row}>
                <HeadName head={row} dimension={rows} link />
              </th>
              {matrix.columns.map((column, across) => (
                <td key={column.key}>{drawn(row, column, [down, across])}</td>
              ))}
              {hasSums && split === 'rows' && <td className={styles.sum}>{sum(row)}</td>}
            </tr>
          ))}
        </tbody>
        {hasSums && split === 'columns' && (
          <tfoot>
            <tr>
              <th scope="row" className={styles.row}>
                {say.total}
              </th>
              {matrix.columns.map((column) => (
                <td key={column.key} className={styles.sum}>
                  {sum(column)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}

/** HeadName is the name of a row or a column, with its unit; regions lead to their pages. */
function HeadName({ head, dimension, link = false }: { head: Head; dimension: Dimension; link?: boolean }) {
  const { nameOf, unit } = useNames()
  const name = nameOf(head.cell, dimension)
  const code = valueOf(head.cell, dimension)
  return (
    <>
      {link && dimension === 'region' && head.cell.region ? (
        <Link to={`/regions/${encodeURIComponent(code)}`} className={styles.link}>
          {name}
        </Link>
      ) : (
        <span className={styles.name} data-mono={dimension === 'model' || undefined}>
          {name}
        </span>
      )}
      {head.unit !== undefined && head.unit !== null && <span className={styles.under}>{unit(head.unit)}</span>}
      {link && dimension === 'region' && <code className={styles.code}>{code}</code>}
    </>
  )
}

const steps: Record<string, [number, number]> = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }

/** stopOf is the cell that Tab leads to: the one that had the focus last, else the first. */
function stopOf(matrix: Matrix, [down, across]: [number, number]): [number, number] | undefined {
  if (hasCell(matrix, down, across)) {
    return [down, across]
  }
  for (let row = 0; row < matrix.rows.length; row++) {
    const column = matrix.columns.findIndex((_, place) => hasCell(matrix, row, place))
    if (column >= 0) {
      return [row, column]
    }
  }
  return undefined
}

function hasCell(matrix: Matrix, down: number, across: number): boolean {
  const [row, column] = [matrix.rows[down], matrix.columns[across]]
  return row !== undefined && column !== undefined && matrix.cellOf(row, column) !== undefined
}

/** nextCell is the next cell in a direction, past places that have none. */
function nextCell(matrix: Matrix, from: [number, number] | undefined, [down, across]: [number, number]): [number, number] | undefined {
  for (let [row, column] = from ?? [0, 0]; ; ) {
    row += down
    column += across
    if (matrix.rows[row] === undefined || matrix.columns[column] === undefined) {
      return undefined
    }
    if (hasCell(matrix, row, column)) {
      return [row, column]
    }
  }
}
