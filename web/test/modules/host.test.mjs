import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { boardUse, find, lineOf, rates, rest, use } = await load('console/pages/host/series.ts')
const { between, ends, spanOf } = await load('console/pages/host/span.ts')

const hour = 3_600_000
const points = (values) => values.map((value, index) => ({ at: new Date(index * hour).toISOString(), value }))
const series = (key, unit, values, more) => ({
  key, unit, count: values.length, truncated: false, points: points(values),
  avg: values.reduce((sum, value) => sum + value, 0) / values.length,
  max: Math.max(...values), last: values.at(-1), lastAt: new Date((values.length - 1) * hour).toISOString(), ...more,
})

test('use is the mean with what was reached as its band', () => {
  const metrics = [series('cpu.usage.avg', '%', [10, 20]), series('cpu.usage.max', '%', [30, 50]), series('memory.usage.avg', '%', [])]
  const shown = use(metrics, 'cpu', 'average', 2 * hour)
  assert.equal(shown.unit, '%')
  assert.deepEqual(shown.series[0].upper.map(({ value }) => value), [30, 50])
  assert.deepEqual([shown.series[0].average, shown.series[0].peak, shown.series[0].last], [15, 50, 20])
  assert.equal(use(metrics, 'memory', 'average', hour), undefined, 'a metric without a sample is none')
  assert.equal(use(null, 'cpu', 'average', hour), undefined)
  assert.equal(use([series('cpu.usage.avg', '%', [10])], 'cpu', 'average', hour).series[0].upper, undefined)
})

test('keys are found in any case', () => {
  assert.equal(find([series('CPU.Usage.AVG', '%', [1])], 'cpu.usage.avg').count, 1)
  assert.equal(boardUse([series('cpuusagepercent', null, [7])], 'cpu', 'sample', hour).series[0].last, 7)
})

test('rates are told in a unit in which their usual values are short', () => {
  const of = (unit, ...values) => rates(values.map((value, index) => ({ one: series(`m${index}`, unit, [value]), label: `l${index}` })), hour)
  assert.equal(of('KB/s', 338_000, 20).unit, 'MB/s')
  assert.deepEqual(of('KB/s', 338_000, 20).series.map(({ last }) => last), [338, 0.02])
  assert.equal(of('KB/s', 9_000).unit, 'KB/s')
  assert.equal(of('B/s', 38_570_878).unit, 'MB/s')
  assert.equal(of('count/s', 1_000_000).unit, 'count/s', 'a unit that nobody knows is left as it was sent')
  assert.equal(of('%', 50).unit, '%')
})

test('what has another unit is not drawn on the same axis', () => {
  const shown = rates([{ one: series('in', 'KB/s', [5]), label: 'in' }, { one: series('out', 'MB/s', [7]), label: 'out' }], hour)
  assert.deepEqual(shown.series.map(({ key }) => key), ['in'])
  assert.equal(rates([{ one: undefined, label: 'in' }], hour), undefined)
})

test('points that were thinned may be further apart', () => {
  assert.equal(lineOf(series('a', '%', [1, 2, 3]), 'a', 3 * hour).gap, undefined)
  const thinned = lineOf(series('a', '%', [1, 2, 3, 4], { count: 400 }), 'a', 400 * hour)
  assert.ok(thinned.gap >= 400 * 3600, `${thinned.gap} s`)
})

test('the rest is what no chart shows and has samples', () => {
  const metrics = [series('CPU.usage.avg', '%', [1]), series('cpu.usage.max', '%', [1]), series('load.load_1min.avg', null, [2]), series('x', null, [])]
  const keys = (shown) => rest(shown).map(({ key }) => key)
  assert.deepEqual(keys(metrics), ['load.load_1min.avg'])
  assert.deepEqual(keys(metrics.slice(1)), ['cpu.usage.max', 'load.load_1min.avg'], 'a band is none without its line')
  const pair = (unit) => [series('network.in_rate.avg', 'KB/s', [1]), series('network.out_rate.avg', unit, [2])]
  assert.deepEqual(keys(pair('KB/s')), [])
  assert.deepEqual(keys(pair('MB/s')), ['network.out_rate.avg'], 'what its chart can not show is not lost')
  assert.deepEqual(rest(null), [])
})

test('a span is cut to what metrics and boards reach', () => {
  const last = (hours) => spanOf({ range: { last: `PT${hours}H` }, milliseconds: hours * hour })
  assert.deepEqual([last(6).short, last(6).range, last(6).boards], [true, { last: 'PT360M' }, { last: 'PT1440M' }])
  assert.deepEqual([last(24).short, last(24).cut], [true, false])
  assert.deepEqual([last(168).short, last(168).range, last(168).boards], [false, { last: 'PT1440M' }, { last: 'PT10080M' }])
  const long = spanOf({ range: { from: '2026-09-01T00:00:00Z', to: '2026-11-01T00:00:00.000Z' }, milliseconds: 61 * 24 * hour })
  assert.deepEqual([long.cut, long.boards], [true, { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }])
  assert.equal(long.length, 31 * 24 * hour)
})

test('a chart ends at the end of the range, or when it was answered', () => {
  assert.deepEqual(ends({ last: 'PT1H' }, hour, 10 * hour), { from: 9 * hour, to: 10 * hour })
  const fixed = ends({ from: 'x', to: new Date(5 * hour).toISOString() }, hour, 10 * hour)
  assert.deepEqual(fixed, { from: 4 * hour, to: 5 * hour })
})

test('a range that is dragged is in whole minutes and never too short', () => {
  const at = (minute, second = 0) => new Date(Date.UTC(2026, 10, 29, 10, minute, second))
  assert.equal(between(at(0, 20), at(45, 10)), '2026-11-29T10:00:00Z..2026-11-29T10:45:00Z')
  assert.equal(between(at(30), at(32)), '2026-11-29T10:24:00Z..2026-11-29T10:39:00Z')
})
