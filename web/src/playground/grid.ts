import type { Cell } from './csv'

/** List is a list of objects within an answer, such as `regions` or `regions.hosts.nodes`. */
export interface List {
  /** path names it from the root; the same list below each of several objects is one. */
  path: string
  items: Item[]
}

/** Item is an object of a list, with the lists and objects that it was found below. */
interface Item {
  value: unknown
  /** above are the objects of the lists above it, with their paths, outermost first. */
  above: { path: string; value: Fields }[]
}

type Fields = Record<string, unknown>

/** Grid is a list as a table. */
export interface Grid {
  columns: string[]
  rows: Cell[][]
}

const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value)

/** listsOf finds the lists of objects in an answer's data, outermost first and in the order of the query. */
export function listsOf(data: unknown): List[] {
  const found = new Map<string, List>()
  collect(data, '', [], found)
  return [...found.values()].sort((a, b) => depth(a) - depth(b))
}

/** depth is how many lists a list is below. */
function depth(list: List): number {
  return list.items[0]?.above.length ?? 0
}

function collect(value: unknown, path: string, above: Item['above'], found: Map<string, List>): void {
  if (Array.isArray(value)) {
    if (!value.some(isFields)) {
      return // a list of scalars is a cell
    }
    const list = found.get(path) ?? { path, items: [] }
    found.set(path, list)
    for (const item of value) {
      list.items.push({ value: item, above })
      if (isFields(item)) {
        collectFields(item, path, [...above, { path, value: item }], found)
      }
    }
  } else if (isFields(value)) {
    collectFields(value, path, above, found)
  }
}

function collectFields(fields: Fields, path: string, above: Item['above'], found: Map<string, List>): void {
  for (const [name, member] of Object.entries(fields)) {
    collect(member, path === '' ? name : `${path}.${name}`, above, found)
  }
}

/**
 * gridOf makes a table of a list. Its columns are the scalars of its objects, those of objects within them under names with dots, in the
 * order in which they are met; then those of the lists above it, under their whole path. A list of scalars is one cell, a list of objects
 * none: it is a table of its own.
 */
export function gridOf(list: List): Grid {
  const rows = list.items.map((item) => {
    const row = new Map<string, Cell>()
    fill(row, item.value, '')
    for (const { path, value } of item.above.toReversed()) {
      fill(row, value, `${path}.`)
    }
    return row
  })
  const own = new Set<string>()
  const outer = new Set<string>()
  list.items.forEach((item, index) => {
    const prefixes = item.above.map(({ path }) => `${path}.`)
    for (const column of rows[index]?.keys() ?? []) {
      (prefixes.some((prefix) => column.startsWith(prefix)) ? outer : own).add(column)
    }
  })
  const columns = [...new Set([...own, ...outer])].filter((column) => !isNullObject(column, own, rows))
  return { columns, rows: rows.map((row) => columns.map((column) => row.get(column) ?? null)) }
}

/** isNullObject tells whether a column is there only because an object of other rows is null in some. */
function isNullObject(column: string, columns: Set<string>, rows: Map<string, Cell>[]): boolean {
  return [...columns].some((other) => other.startsWith(`${column}.`)) && rows.every((row) => (row.get(column) ?? null) === null)
}

function fill(row: Map<string, Cell>, value: unknown, within: string): void {
  if (!isFields(value)) {
    if (within === '' && value !== null) {
      row.set('value', scalar(value))
    }
    return
  }
  for (const [name, member] of Object.entries(value)) {
    if (isFields(member)) {
      fill(row, member, `${within}${name}.`)
    } else if (!Array.isArray(member)) {
      row.set(within + name, scalar(member))
    } else if (member.length > 0 && !member.some((one) => typeof one === 'object' && one !== null)) {
      row.set(within + name, member.map((one) => String(one ?? '')).join(', '))
    }
  }
}

function scalar(value: unknown): Cell {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null
}
