/** Seen is where a list's rows are in what scrolls. */
export interface Seen {
  /** How far it is scrolled. */
  scrolled: number
  /** Height of what is in sight. */
  height: number
  /** Where the first row begins, counted from the top of all that scrolls. */
  begin: number
}

/** Window is the first row to be drawn and the one after the last. */
export interface Window {
  from: number
  to: number
}

// Rows drawn beyond the edges, so that a turn of the wheel finds them there.
const beyond = 8
// No screen shows more; a height that is not known yet must not draw everything.
const most = 120

/** windowOf tells which of a list's rows are to be drawn; all rows have one height. */
export function windowOf(seen: Seen, rowHeight: number, total: number): Window {
  const first = Math.floor((seen.scrolled - seen.begin) / rowHeight)
  const inSight = Math.min(Math.ceil(seen.height / rowHeight) + 1, most)
  const from = clamp(first - beyond, 0, Math.max(0, total - inSight - beyond))
  return { from, to: Math.min(total, Math.max(first, 0) + inSight + beyond, from + most) }
}

/** Piece is a row, or a space as high as the rows that are not drawn there. */
export type Piece = { row: number } | { space: number; key: string }

/**
 * piecesOf lays out a list: the rows of the window, spaces for the others, and the row that has the focus wherever it is, because a row
 * that leaves the document takes the focus with it.
 */
export function piecesOf(window: Window, rowHeight: number, total: number, focused: number | undefined): Piece[] {
  const pieces: Piece[] = []
  const rows = Array.from({ length: window.to - window.from }, (_, index) => window.from + index)
  if (focused !== undefined && focused >= 0 && focused < total) {
    if (focused < window.from) {
      rows.unshift(focused)
    } else if (focused >= window.to) {
      rows.push(focused)
    }
  }
  let next = 0
  for (const row of rows) {
    if (row > next) {
      pieces.push({ space: (row - next) * rowHeight, key: `before-${row === focused ? 'focused' : next === 0 ? 'first' : 'window'}` })
    }
    pieces.push({ row })
    next = row + 1
  }
  if (next < total) {
    pieces.push({ space: (total - next) * rowHeight, key: 'after' })
  }
  return pieces
}

/** Place is a row of the list: where it was, and which one, once it is known. */
export interface Place {
  index: number
  key?: string | undefined
}

/** placeOf finds a row again when others have come in above it or gone. One that is gone itself leaves its place to another. */
export function placeOf(place: Place, length: number, keyAt: (index: number) => string | undefined): Place {
  const now = keyAt(place.index)
  if (place.key === now) {
    return place
  }
  for (let index = 0; place.key !== undefined && index < length; index++) {
    if (keyAt(index) === place.key) {
      return { index, key: place.key }
    }
  }
  return now === undefined ? place : { index: place.index, key: now }
}

/** scrollTo is how far to scroll so that a row is in sight, under a head that stays: as little as possible. */
export function scrollTo(row: number, rowHeight: number, seen: Seen, head: number): number {
  const top = seen.begin + row * rowHeight
  if (top < seen.scrolled + head) {
    return Math.max(0, top - head)
  }
  const bottom = top + rowHeight
  return bottom > seen.scrolled + seen.height ? bottom - seen.height : seen.scrolled
}

/** rowAfter is the row to which a key leads; undefined for keys that lead nowhere. */
export function rowAfter(key: string, at: number, total: number, page: number): number | undefined {
  const last = total - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, last)
    case 'ArrowUp':
      return Math.max(at - 1, 0)
    case 'PageDown':
      return Math.min(at + page, last)
    case 'PageUp':
      return Math.max(at - page, 0)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
