import assert from 'node:assert/strict'
import test from 'node:test'

import { load } from './load.mjs'

const { listOf, oldestOf, parametersOf, rowsOf, standingOf } = await load('console/pages/upstream/standing.ts')

const operation = (name, more = {}) => ({ name, reads: true, configured: true, circuit: 'CLOSED', calls: 2, failures: 0, ...more })
const snapshot = (name, parameters, fetchedAt, lastError = null) => ({ operation: name, parameters, fetchedAt, lastError })

test('what is broken stands first, then what is called most', () => {
  const rows = rowsOf(
    [
      operation('idle', { calls: 0 }),
      operation('busy', { calls: 9 }),
      operation('away', { configured: false, circuit: 'OPEN' }),
      operation('stale'),
      operation('half', { circuit: 'HALF_OPEN' }),
      operation('open', { circuit: 'OPEN' }),
    ],
    [snapshot('stale', {}, '2026-11-21T10:00:00Z', 'UPSTREAM_TIMEOUT')],
  )
  assert.deepEqual(rows.map(({ operation: { name } }) => name), ['open', 'half', 'stale', 'busy', 'idle', 'away'])
  assert.deepEqual(rows.map(({ standing }) => standing), ['open', 'half', 'failing', 'closed', 'closed', 'unconfigured'])
})

test('an operation fails when all its reads do', () => {
  assert.equal(standingOf(operation('a', { failures: 2 }), []), 'failing')
  assert.equal(standingOf(operation('a', { failures: 1 }), []), 'closed')
  assert.equal(standingOf(operation('a', { failures: 2, reads: false }), []), 'closed', 'a command may fail for what it was sent')
  assert.equal(standingOf(operation('a', { calls: 0 }), []), 'closed')
})

test('the age that counts is that of the oldest list of now', () => {
  const history = snapshot('c', { type: 'BMS', from: '2026-10-21', to: '2026-11-21' }, '2026-11-20T00:00:00Z')
  const [older, newer] = [snapshot('c', { type: 'BMS' }, '2026-11-21T09:00:00Z'), snapshot('c', { type: 'EVS' }, '2026-11-21T10:00:00Z')]
  assert.equal(oldestOf([newer, history, older, snapshot('c', { key: 'BMS history' }, '2026-11-20T00:00:00Z')]), older)
  assert.equal(oldestOf([history]), history)
  assert.equal(oldestOf([]), undefined)
})

test('lists whose refresh failed stand first, and are told by their parameters', () => {
  const list = [snapshot('b', { type: 'BMS' }, ''), snapshot('a', {}, ''), snapshot('c', {}, '', 'UPSTREAM_TIMEOUT')]
  assert.deepEqual(listOf(list).map(({ operation: name }) => name), ['c', 'a', 'b'])
  assert.deepEqual(
    [{}, { type: 'BMS' }, { type: 'BMS', from: '2026-10-21' }, { first: 3 }, null].map((parameters) => parametersOf({ parameters })),
    ['', 'BMS', 'BMS, from 2026-10-21', 'first 3', ''],
  )
})
