import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { csv, harmless } = await load('playground/csv.ts')

/** read reads CSV by the grammar of RFC 4180 and takes nothing else. */
function read(text) {
  const rows = []
  let rest = text
  for (let row = []; rest !== ''; ) {
    const cell = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest)
    assert.ok(cell, `no CSV: ${rest.slice(0, 40)}`)
    const [whole, quoted, plain, end] = cell
    row.push(quoted?.replaceAll('""', '"') ?? plain)
    rest = rest.slice(whole.length)
    if (end === '\r\n') {
      rows.push(row)
      row = []
    }
  }
  return rows
}

test('cells come back as they were', () => {
  const cells = ['plain', 'a,b', 'say "x"', 'two\nlines', 'two\r\nlines', '', '告警 😀', 'a;b', 'tab\there', ' x ']
  assert.deepEqual(read(csv(cells.map((_, index) => `c${index}`), [cells]))[1], cells)
  assert.equal(csv(['a', 'b.c'], [['x', 'y"z']]), 'a,b.c\r\nx,"y""z"\r\n')
})

test('numbers, truth and nothing', () => {
  assert.equal(csv(['a', 'b', 'c', 'd', 'e'], [[-1.5, 0, 1e21, true, null]]), 'a,b,c,d,e\r\n-1.5,0,1e+21,true,\r\n')
})

test('a formula becomes a text', () => {
  for (const text of ['=1+1', '+cmd', '-2+3+c|x', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '-', '=', '-1-1', '+1', '\0=1']) {
    assert.equal(harmless(text), `'${text}`, JSON.stringify(text))
  }
  assert.deepEqual(read(csv(['a'], [['=HYPERLINK("http://x","y")']]))[1], [`'=HYPERLINK("http://x","y")`])
})

test('a text that is a number stays one', () => {
  for (const text of ['-12.50', '3600', '0', '-0', '1e5', '-1.5E-3', 'a=b', 'a-b', '2026-11-29T10:00:00Z', 'x@y']) {
    assert.equal(harmless(text), text)
  }
})
