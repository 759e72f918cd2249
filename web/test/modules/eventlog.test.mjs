import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { bound, cleared, emptyLog, lagged, paused, withEvent } = await load('playground/eventlog.ts')

const at = new Date(0)
const event = (kind) => ({ data: { alarmChanges: { eventId: 'x', kind, advice: kind === 'LAGGED' ? 'Read again.' : null } } })
const after = (log, count) => Array.from({ length: count }).reduce((held) => withEvent(held, event('RAISED'), at), log)
const numbers = (entries) => entries.map(({ number }) => number)

test('the newest is first, and the oldest go', () => {
  const log = after(emptyLog, bound + 3)
  assert.deepEqual([log.entries.length, log.count, log.dropped], [bound, bound + 3, 3])
  assert.deepEqual(numbers(log.entries).slice(0, 2), [bound + 3, bound + 2])
  assert.equal(log.entries.at(-1).number, 4)
})

test('a pause shows nothing new and loses nothing', () => {
  const stopped = after(paused(after(emptyLog, 2), true), 3)
  assert.deepEqual([numbers(stopped.entries), numbers(stopped.held)], [[2, 1], [5, 4, 3]])
  const on = paused(stopped, false)
  assert.deepEqual([numbers(on.entries), on.held, on.dropped], [[5, 4, 3, 2, 1], [], 0])
})

test('a pause is bounded too', () => {
  const stopped = after(paused(after(emptyLog, 10), true), bound + 5)
  assert.deepEqual([stopped.held.length, stopped.dropped, stopped.entries.length], [bound, 5, 10])
  const on = paused(stopped, false)
  assert.deepEqual([on.entries.length, on.dropped, on.entries[0].number], [bound, 15, bound + 15])
})

test('clearing goes on counting', () => {
  const log = withEvent(cleared(after(emptyLog, bound + 1)), event('LAGGED'), at)
  assert.deepEqual([numbers(log.entries), log.dropped, log.count], [[bound + 2], 0, bound + 2])
})

test('what an event tells', () => {
  const [lag] = withEvent(emptyLog, event('LAGGED'), at).entries
  assert.deepEqual([lagged(lag), lag.kinds, lag.advice, lag.errors], [true, ['LAGGED'], 'Read again.', 0])
  for (const odd of [undefined, null, {}, { data: null, errors: [{}] }, { data: { a: null, b: 1, c: [] } }, 'x']) {
    const [entry] = withEvent(emptyLog, odd, at).entries
    assert.deepEqual([lagged(entry), entry.kinds], [false, []])
  }
  assert.equal(withEvent(emptyLog, { data: null, errors: [{}] }, at).entries[0].errors, 1)
})
