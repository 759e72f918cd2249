import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { alarmsFound, figuresFound, isMeasured, noAlarms, noFigures, withFound } = await load('console/pages/hosts/found.ts')

const at = '2026-11-21T10:00:00Z'
const ranking = (values) => ({ hosts: Object.entries(values).map(([hostId, value]) => ({ value, observedAt: at, host: { hostId } })) })
const all = (values) => ({ cpu: ranking(values), memory: ranking(values), inlet: ranking(values), power: ranking(values) })
const row = (hostId, totalCount, ...severities) => ({ hostId, alarms: { totalCount, nodes: severities.map((severity) => ({ severity })) } })

test('a host that a ranking does not have has no figure', () => {
  const known = withFound(new Map(), figuresFound(['a', 'b'], all({ a: 7 })), noFigures)
  assert.deepEqual(known.get('a').cpu, { value: 7, at })
  assert.deepEqual(known.get('b'), { cpu: null, memory: null, inlet: null, power: null })
})

test('figures that can not be read anew stay, and are marked where they never could', () => {
  const before = withFound(new Map(), figuresFound(['a'], all({ a: 7 })), noFigures)
  const partly = withFound(before, figuresFound(['a', 'b'], { ...all({ a: 9, b: 5 }), cpu: null }), noFigures)
  assert.deepEqual([partly.get('a').cpu.value, partly.get('a').power.value], [7, 9])
  assert.deepEqual([partly.get('b').cpu, partly.get('b').power.value], [null, 5])
  const lost = withFound(partly, figuresFound(['a', 'c'], {}), noFigures)
  assert.equal(lost.get('a').cpu.value, 7)
  assert.deepEqual(lost.get('c'), noFigures)
  assert.equal(isMeasured(lost), true)
  assert.equal(isMeasured(new Map([['c', { ...noFigures, alarms: { count: 1, worst: 'MAJOR' } }]])), false)
})

test('alarms of a list that was cut are not counted, nor none', () => {
  const found = alarmsFound(['a', 'b', 'c', 'd'], [row('a', 3, 'MAJOR'), row('b', null, 'CRITICAL'), row('c', 0), row('d', null)])
  assert.deepEqual(
    [...found].map(([id, { alarms }]) => [id, alarms]),
    [['a', { count: 3, worst: 'MAJOR' }], ['b', { count: null, worst: 'CRITICAL' }], ['c', { count: 0, worst: null }], ['d', null]],
  )
})

test('alarms that can not be read anew stay', () => {
  const before = withFound(new Map(), alarmsFound(['a'], [row('a', 3, 'MAJOR')]), noAlarms)
  for (const hosts of [undefined, [{ hostId: 'a', alarms: null }, { hostId: 'b', alarms: null }]]) {
    const after = withFound(before, alarmsFound(['a', 'b'], hosts), noAlarms)
    assert.deepEqual([after.get('a').alarms.count, after.get('b').alarms], [3, null])
  }
})
