import { useMemo, useState } from 'react'

import { useAnswers } from './answers'
import { csv, type Cell } from './csv'
import { gridOf, listsOf, type Grid, type List } from './grid'
import { counted } from './status'

/** pageSize is how many rows are in the page at once. */
const pageSize = 100

/** Lists shows a list of the answer as a table: the first, or the one that is chosen. */
export function Lists() {
  const { tab, answers } = useAnswers()
  const data = answers[tab]?.data
  const lists = useMemo(() => listsOf(data), [data])
  const [path, setPath] = useState('')
  const list = lists.find((one) => one.path === path) ?? lists[0]
  if (list === undefined) {
    return (
      <section className="playground-view" aria-label="Table">
        <p className="playground-empty">
          {data === undefined ? 'Run a query to see its lists as tables.' : 'There is no list of objects in this answer.'}
        </p>
      </section>
    )
  }
  return (
    <section className="playground-view" aria-label="Table">
      <ListView key={list.path} list={list}>
        <label>
          List{' '}
          <select value={list.path} onChange={(event) => setPath(event.target.value)}>
            {lists.map((one) => (
              <option key={one.path} value={one.path}>
                {one.path} ({one.items.length.toLocaleString('en')})
              </option>
            ))}
          </select>
        </label>
      </ListView>
    </section>
  )
}

function ListView({ list, children }: { list: List; children: React.ReactNode }) {
  const grid = useMemo(() => gridOf(list), [list])
  const [asked, setFirst] = useState(0)
  const first = asked < grid.rows.length ? asked : 0
  const last = Math.min(first + pageSize, grid.rows.length)
  return (
    <>
      <div className="playground-tools">
        {children}
        <button type="button" onClick={() => download(`${list.path}.csv`, 'text/csv', `\ufeff${csv(grid.columns, grid.rows)}`)}>
          Download CSV
        </button>
        <button type="button" onClick={() => download(`${list.path}.json`, 'application/json', jsonOf(list))}>
          Download JSON
        </button>
        {grid.rows.length > pageSize ? (
          <span className="playground-pages">
            <button type="button" aria-label="Rows before" disabled={first === 0} onClick={() => setFirst(first - pageSize)}>
              ‹
            </button>
            <span role="status">
              {(first + 1).toLocaleString('en')}–{last.toLocaleString('en')} of {counted(grid.rows.length, 'row')}
            </span>
            <button type="button" aria-label="Rows behind" disabled={last === grid.rows.length} onClick={() => setFirst(last)}>
              ›
            </button>
          </span>
        ) : (
          <span>{counted(grid.rows.length, 'row')}</span>
        )}
      </div>
      <GridTable grid={grid} first={first} last={last} caption={list.path} />
    </>
  )
}

function GridTable({ grid, first, last, caption }: { grid: Grid; first: number; last: number; caption: string }) {
  return (
    <div className="playground-grid" role="region" aria-label={`Rows of ${caption}`} tabIndex={0}>
      <table aria-label={caption} aria-rowcount={grid.rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">#</th>
            {grid.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.slice(first, last).map((row, index) => (
            <tr key={first + index} aria-rowindex={first + index + 2}>
              <th scope="row">{first + index + 1}</th>
              {row.map((cell, column) => (
                <td key={column} className={typeof cell === 'number' ? 'playground-figure' : undefined}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function shown(cell: Cell): React.ReactNode {
  return cell === null || cell === '' ? <span className="playground-null">–</span> : String(cell)
}

/** jsonOf are the objects of a list as the answer has them. */
function jsonOf(list: List): string {
  return `${JSON.stringify(list.items.map(({ value }) => value), null, 2)}\n`
}

/** download gives the browser a file to keep. */
function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // the browser may still read it
}
