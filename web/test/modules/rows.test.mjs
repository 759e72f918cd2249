import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { piecesOf, placeOf, rowAfter, scrollTo, windowOf } = await load('console/parts/table/window.ts')

const total = 13_195
const rowHeight = 36

/** sight are the rows of which at least a part is in sight. */
function sight({ scrolled, height, begin }) {
  const first = Math.max(0, Math.floor((scrolled - begin) / rowHeight))
  return { first, last: Math.min(total - 1, Math.ceil((scrolled + height - begin) / rowHeight) - 1) }
}

test('wherever a list is scrolled to, all rows in sight are drawn, and never many', () => {
  for (const height of [0, 300, 868, 2000]) {
    for (const begin of [0, 163]) {
      for (let scrolled = 0; scrolled <= begin + total * rowHeight - height; scrolled += 9_973) {
        const { from, to } = windowOf({ scrolled, height, begin }, rowHeight, total)
        const { first, last } = sight({ scrolled, height, begin })
        const place = `at ${scrolled} of a screen of ${height}`
        assert.ok(from <= first && to > last, `${place}: ${from} to ${to} has ${first} to ${last}`)
        assert.ok(from >= 0 && to <= total && to - from <= Math.ceil(height / rowHeight) + 18, `${place}: ${to - from} rows`)
      }
    }
  }
})

test('a list that ends before it was scrolled to draws its end', () => {
  assert.deepEqual(windowOf({ scrolled: 90_000, height: 360, begin: 0 }, 36, 20), { from: 1, to: 20 })
  assert.deepEqual(windowOf({ scrolled: 0, height: 360, begin: 0 }, 36, 0), { from: 0, to: 0 })
})

test('a list below the screen draws its first rows', () => {
  const { from, to } = windowOf({ scrolled: 0, height: 800, begin: 5_000 }, 36, 500)
  assert.equal(from, 0)
  assert.ok(to <= 40, `${to} rows`)
})

test('spaces and rows are as high as the whole list, and rows are in order', () => {
  for (const focused of [undefined, 0, 50, 99, 100, 119, 120, 5_000, total - 1]) {
    const pieces = piecesOf({ from: 100, to: 120 }, rowHeight, total, focused)
    const high = pieces.reduce((sum, piece) => sum + ('row' in piece ? rowHeight : piece.space), 0)
    assert.equal(high, total * rowHeight, `the focus at ${focused}`)
    const rows = pieces.flatMap((piece) => ('row' in piece ? [piece.row] : []))
    assert.deepEqual(rows, [...new Set(rows)].sort((a, b) => a - b))
    assert.ok(focused === undefined || rows.includes(focused), 'the row with the focus stays')
    const keys = pieces.flatMap((piece) => ('key' in piece ? [piece.key] : []))
    assert.deepEqual(keys, [...new Set(keys)], 'no two spaces are taken for one another')
  }
})

test('the row with the focus is not drawn when the list no longer has it', () => {
  const rows = piecesOf({ from: 0, to: 3 }, rowHeight, 3, 7).map((piece) => piece.row)
  assert.deepEqual(rows, [0, 1, 2])
})

test('scrolling to a row moves as little as it can', () => {
  const seen = { scrolled: 1_000, height: 500, begin: 100 }
  const at = (row) => scrollTo(row, 36, seen, 40)
  assert.equal(at(30), 1_000, 'in sight')
  assert.equal(at(0), 60, 'above: below the head that stays')
  assert.equal(at(25), 960, 'behind the head')
  assert.equal(at(100), 100 + 101 * 36 - 500, 'below: at the edge')
})

test('keys lead to rows and stop at the ends', () => {
  const leads = (key, at) => rowAfter(key, at, 100, 20)
  assert.deepEqual(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map((key) => leads(key, 50)), [51, 49, 70, 30, 0, 99])
  assert.equal(leads('ArrowDown', 99), 99)
  assert.equal(leads('ArrowUp', 0), 0)
  assert.equal(leads('PageDown', 95), 99)
  assert.equal(leads('PageUp', 5), 0)
  assert.equal(leads('x', 5), undefined)
})

test('the row with the focus is found again where others have come in above it', () => {
  const placed = (place, ...keys) => placeOf(place, keys.length, (at) => keys[at])
  assert.deepEqual(placed({ index: 1, key: 'b' }, 'x', 'y', 'a', 'b'), { index: 3, key: 'b' })
  assert.deepEqual(placed({ index: 1, key: 'b' }, 'b'), { index: 0, key: 'b' })
  const same = { index: 1, key: 'b' }
  assert.equal(placed(same, 'a', 'b'), same, 'one that did not move is the same')
  assert.deepEqual(placed({ index: 1, key: 'b' }, 'a', 'c'), { index: 1, key: 'c' }, 'one that is gone leaves its place to another')
  assert.deepEqual(placed({ index: 1 }, 'a', 'b'), { index: 1, key: 'b' }, 'one that was not read yet is known by its place')
  assert.deepEqual(placed({ index: 5, key: 'f' }, 'a'), { index: 5, key: 'f' }, 'while a list is read anew nothing is lost')
})
