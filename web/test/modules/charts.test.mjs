import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { align, figuresOf, gapsOf } = await load('console/parts/chart/series.ts')
const { everyNth, ticksOf, topOf, wholeTopOf } = await load('console/parts/chart/scale.ts')
const { sentenceOf } = await load('console/parts/chart/sentence.ts')
const { sparkPath } = await load('console/parts/chart/spark.ts')

const at = (minute) => new Date(Date.UTC(2026, 10, 29, 10) + minute * 60_000).toISOString()
const second = (minute) => Date.parse(at(minute)) / 1000
const samples = (pairs) => pairs.map(([minute, value]) => ({ at: at(minute), value }))

test('an axis ends above its highest value, at a round number', () => {
  for (const highest of [0.03, 0.9, 1, 3, 7.2, 40, 99, 100, 101, 438.5, 5_000, 1e9]) {
    const scale = topOf(highest)
    assert.ok(scale.top >= highest && scale.top <= highest * 2, `${highest} under ${scale.top}`)
    const ticks = ticksOf(scale)
    assert.equal(ticks[0], 0)
    assert.equal(ticks.at(-1), Number(scale.top.toPrecision(12)))
    assert.ok(ticks.length >= 3 && ticks.length <= 6, `${ticks.length} lines for ${highest}`)
  }
  assert.deepEqual(ticksOf(topOf(438.5)), [0, 200, 400, 600])
  assert.deepEqual(ticksOf(topOf(0)), [0, 1, 2, 3, 4])
})

test('an axis of counts has whole numbers', () => {
  for (const highest of [0, 1, 2, 3, 4, 7, 28, 503]) {
    const ticks = ticksOf(wholeTopOf(highest))
    assert.ok(ticks.every(Number.isInteger), `${highest}: ${ticks}`)
    assert.ok(ticks.at(-1) >= Math.max(highest, 1))
  }
})

test('labels that would touch are left out', () => {
  assert.equal(everyNth(30, 600, 60), 3)
  assert.equal(everyNth(5, 600, 60), 1)
  assert.equal(everyNth(30, 0, 60), 1800)
})

test('a missing sample is a gap, wherever other lines have theirs', () => {
  const whole = samples([[0, 1], [5, 2], [10, 3], [15, 4], [20, 5]])
  const holed = samples([[0, 1], [5, 2], [20, 5], [25, 6], [30, 7]])
  assert.deepEqual(gapsOf(whole), [])
  assert.deepEqual(gapsOf(holed), [second(12.5)])
  assert.deepEqual(gapsOf(holed, 1000), [], 'points that were thinned may be further apart')
  const { times, lines } = align([{ points: whole }, { points: holed }])
  assert.deepEqual(times, [0, 5, 10, 12.5, 15, 20, 25, 30].map(second))
  assert.deepEqual(lines[1], [1, 2, undefined, null, undefined, 5, 6, 7], 'a gap once, and no line to where the other has samples')
  assert.deepEqual(lines[0], [1, 2, 3, undefined, 4, 5, undefined, undefined])
})

test('a null is a gap of its own', () => {
  assert.deepEqual(align([{ points: samples([[0, 1], [5, null], [10, 3]]) }]).lines, [[1, null, 3]])
  assert.equal(figuresOf({ key: 'a', label: 'A', points: samples([[0, 1], [5, null], [10, null], [15, 3]]) }).gaps, 1)
})

test('figures are those of all samples where the answer has them', () => {
  const points = samples([[0, 10], [5, 20], [10, 30]])
  assert.deepEqual(figuresOf({ key: 'a', label: 'A', points }), { last: 30, average: 20, peak: 30, gaps: 0 })
  assert.deepEqual(figuresOf({ key: 'a', label: 'A', points, average: 21, peak: 44, last: 0 }), { last: 0, average: 21, peak: 44, gaps: 0 })
  assert.equal(figuresOf({ key: 'a', label: 'A', points, upper: samples([[0, 50]]) }).peak, 50)
  assert.deepEqual(figuresOf({ key: 'a', label: 'A', points: [] }), { last: null, average: null, peak: null, gaps: 0 })
})

test('a sentence tells last, average, peak and gaps', () => {
  const say = {
    sentence: (label, last, average, peak) => `${label}: last ${last}, average ${average}, peak ${peak}`,
    gaps: (count) => `${count} gaps`,
  }
  const one = { key: 'a', label: 'in', points: samples([[0, 1], [5, 2], [20, 3]]) }
  const write = (value) => `${value} MB/s`
  assert.equal(sentenceOf('CPU', [one], say, write), 'CPU: last 3 MB/s, average 2 MB/s, peak 3 MB/s')
  const holed = { key: 'b', label: 'out', points: samples([[0, 1], [5, 1], [10, 1], [30, null], [35, 1]]) }
  assert.equal(
    sentenceOf('Network', [one, holed], say, write),
    'Network: in: last 3 MB/s, average 2 MB/s, peak 3 MB/s; out: last 1 MB/s, average 1 MB/s, peak 1 MB/s, 1 gaps',
  )
  assert.equal(sentenceOf('CPU', [{ key: 'a', label: 'in', points: [] }], say, write), 'CPU: last —, average —, peak —')
})

test('a spark lifts the pen at a gap', () => {
  assert.equal(sparkPath([0, 10], 12, 12), 'M1.0 11.0L11.0 1.0')
  assert.equal(sparkPath([0, null, 10], 12, 12), 'M1.0 11.0h0.1M11.0 1.0h0.1')
  assert.equal(sparkPath([5, 5], 12, 12, 10), 'M1.0 6.0L11.0 6.0')
  assert.equal(sparkPath([null], 12, 12), '')
})
