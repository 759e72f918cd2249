// What the frame and the first pages work out without a browser: figures and times as people read them, ranges, urgency.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { makeFormat, wholePercent } = await load('console/text/formats.ts')
const { lengthOf } = await load('console/text/lengths.ts')
const { parseRange } = await load('console/address/parserange.ts')
const { fromLocal, toLocal } = await load('console/frame/localtime.ts')
const { offsetMinutes } = await load('console/text/walltime.ts')
const { byUrgency, countAlarms, hasBoth, layersOf, missingOf, mostUrgent, trendOf } = await load('console/pages/overview/figures.ts')
const { groupRacks, matches, worstOf } = await load('console/pages/region/racks.ts')
const { fullestOf, forecastsOf, shareOf } = await load('console/pages/region/pools.ts')
const { leftOf, quotaLevelOf, tightestOf } = await load('console/parts/quota.ts')

const en = makeFormat('en', 'Asia/Shanghai')
const zh = makeFormat('zh', 'Asia/Shanghai')

test('what is not known is a dash, and a nought only a nought', () => {
  for (const write of [en.count, en.percent, en.gib, en.decimal, en.dateTime, en.date, en.time, en.day, en.age, en.duration, en.exact]) {
    assert.equal(write(null), '—')
    assert.equal(write(undefined), '—')
  }
  assert.equal(en.quantity(null, 'TB'), '—')
  assert.equal(en.count(0), '0')
  assert.equal(en.percent(0), '0.0%')
})

test('a per cent has one place, and what is not quite full is not full', () => {
  assert.deepEqual([0.768, 0.9994, 0.99949, 0.9995, 1, 1.2].map(en.percent), ['76.8%', '99.9%', '99.9%', '100%', '100%', '120.0%'])
})

test('a threshold has a place where it needs one, and is never more than it is', () => {
  assert.deepEqual([0.8, 0.875, 0.289, 0.57, 0.95, 0.9999, 1].map(wholePercent), ['80%', '87.5%', '28.9%', '57%', '95%', '99.9%', '100%'])
})

test('a quota of which a fifth is left is nearly spent, and only one without any is', () => {
  assert.deepEqual([0, 1, 20, 21].map((left) => quotaLevelOf(left, 100)), ['full', 'nearly', 'nearly', undefined])
})

test('the tightest quota is that with the smallest share left, whatever its limit and window', () => {
  const quotas = [
    { limit: 60, left: 58, window: 'PT1M' },
    { limit: 4000, left: 40, window: 'PT1S' },
    { limit: 10, left: 10, window: 'PT1S' },
  ]
  assert.equal(tightestOf(quotas), quotas[1])
  const unused = [{ limit: 10, left: 10, window: 'PT1S' }, { limit: 60, left: 60, window: 'PT1M' }]
  assert.equal(tightestOf(unused), unused[1], 'of those that are unused the slowest')
  assert.equal(tightestOf([]), undefined)
})

test('a quota that lets nothing through has nothing left, and one that was lowered no more than all', () => {
  assert.deepEqual([{ left: 0, limit: 0 }, { left: 60, limit: 30 }, { left: 15, limit: 60 }].map(leftOf), [0, 1, 0.25])
})

test('durations of the schema are read, of days as well as of less', () => {
  assert.deepEqual(['PT1M', 'PT1S', 'P1D', 'PT1H30M', 'PT0.5S', 'P1DT1H'].map(lengthOf), [60_000, 1000, 86_400_000, 5_400_000, 500, 90_000_000])
})

test('memory turns into TiB above 10,240 GiB', () => {
  assert.equal(en.gib(320), '320 GiB')
  assert.equal(en.gib(10_240), '10,240 GiB')
  assert.equal(en.gib(10_241), '10.0 TiB')
})

test('an exact number stays exact', () => {
  assert.equal(en.decimal('12345678901234567890.123456789'), '12,345,678,901,234,567,890.123456789')
  assert.equal(zh.quantity('0.1', 'GB'), '0.1 GB')
})

test('times are those of the zone, with the year when it is another', () => {
  const year = new Date().getUTCFullYear()
  assert.equal(en.dateTime(`${year}-06-29T07:34:56Z`), '06/29, 15:34')
  assert.equal(zh.dateTime(`${year}-06-29T07:34:56Z`), '06/29 15:34')
  assert.equal(zh.dateTime('2019-12-31T16:00:00Z'), '2020/01/01 00:00')
  assert.equal(en.exact('2019-12-31T16:00:01Z'), '2020/01/01, 00:00:01')
  assert.equal(en.day('2019-12-31'), '2019/12/31')
})

test('ages are rounded down, and never of the future', () => {
  const now = Date.parse('2026-01-02T00:00:00Z')
  const ages = ['2026-01-02T00:00:05Z', '2026-01-01T23:59:01Z', '2026-01-01T23:01:00Z', '2026-01-01T00:00:01Z', '2025-12-31T00:00:00Z']
  assert.deepEqual(ages.map((at) => en.age(at, now)), ['0 s ago', '59 s ago', '59 min ago', '23 h ago', '2 d ago'])
  assert.equal(zh.age('2026-01-01T04:00:00Z', now), '20 小时前')
})

test('a range is a length up to now, or two times in their order', () => {
  assert.deepEqual(parseRange('6h'), { range: { last: 'PT6H' }, milliseconds: 21_600_000, endsNow: true })
  assert.deepEqual(parseRange('7d').range, { last: 'P7D' })
  assert.deepEqual(parseRange('2026-01-05T00:00:00Z..2026-01-06T00:00:00Z').range, {
    from: '2026-01-05T00:00:00.000Z',
    to: '2026-01-06T00:00:00.000Z',
  })
  assert.equal(parseRange('2026-01-01T00:00:00Z..2026-02-01T00:00:00Z').milliseconds, 31 * 86_400_000)
  assert.equal(parseRange('2026-01-01T00:00:00Z..2026-02-01T00:00:01Z'), null, 'the gateway takes no longer one')
  for (const wrong of ['', '6', '0h', 'h', '32d', 'yesterday', '..', '2026-01-06T00:00:00Z..2026-01-05T00:00:00Z', 'a..b', '6h..7h', '1..2..3']) {
    assert.equal(parseRange(wrong), null, wrong)
  }
})

test('what a wall shows is told from the moment, and back, also where clocks change', () => {
  assert.equal(toLocal(new Date('2026-01-05T00:00:00Z'), 'Asia/Shanghai'), '2026-01-05T08:00')
  assert.equal(fromLocal('2026-01-05T08:00', 'Asia/Shanghai'), '2026-01-05T00:00:00Z')
  assert.equal(fromLocal('2026-03-29T01:30', 'Europe/Berlin'), '2026-03-29T00:30:00Z')
  assert.equal(fromLocal('2026-03-29T03:30', 'Europe/Berlin'), '2026-03-29T01:30:00Z')
  assert.equal(fromLocal('', 'UTC'), undefined)
  assert.equal(offsetMinutes('Asia/Kathmandu'), 345)
  assert.equal(offsetMinutes('America/St_Johns', Date.parse('2026-01-05T00:00:00Z')), -210)
})

const counts = (...list) => ['CRITICAL', 'MAJOR', 'MINOR', 'WARNING', null].map((severity, at) => ({ severity, count: list[at] ?? 0 }))

test('one critical alarm is more urgent than any number of others', () => {
  const regions = [counts(0, 9, 9, 9), counts(1), counts(1, 0, 0, 5), counts()]
  assert.deepEqual(regions.toSorted(byUrgency), [regions[2], regions[1], regions[0], regions[3]])
})

test('of two lists the worst and newest come first, and one that is missing hides no other', () => {
  const alarm = (id, severity, lastOccurredAt) => ({ id, severity, lastOccurredAt })
  const cloud = { nodes: [alarm('a', 'CRITICAL', '2026-01-01T00:00:00Z'), alarm('b', null, '2026-01-09T00:00:00Z')] }
  const device = { nodes: [alarm('c', 'CRITICAL', '2026-01-02T00:00:00Z'), alarm('d', 'MAJOR', null)] }
  assert.deepEqual(mostUrgent({ cloud, device }, 3).map(({ id }) => id), ['c', 'a', 'd'])
  assert.deepEqual(mostUrgent({ cloud, device: null }, 3).map(({ id }) => id), ['a', 'b'])
  assert.deepEqual(mostUrgent(undefined, 3), [])
})

test('a list that could not be read is missing, and nothing is empty without both', () => {
  const list = { active: 1, total: 2, bySeverity: [], byRegion: [] }
  const told = (data) => [hasBoth(data), missingOf(data), countAlarms(data).known, countAlarms(data).missing]
  assert.deepEqual(told({ cloud: list, device: list }), [true, undefined, 'whole', undefined])
  assert.deepEqual(told({ cloud: null, device: list }), [false, 'noCloud', 'part', 'noCloud'])
  assert.deepEqual(told({ cloud: list, device: null }), [false, 'noDevice', 'part', 'noDevice'])
  assert.deepEqual(told({ cloud: null, device: null }), [false, undefined, 'none', undefined])
  assert.deepEqual(told(undefined), [false, undefined, 'none', undefined])
})

test('columns have a layer for alarms of a severity that nobody knows, where there is one', () => {
  const bucket = (...list) => ({ bySeverity: counts(...list).filter(({ count }) => count > 0) })
  assert.deepEqual(layersOf([bucket(1), bucket(0, 2)]), ['CRITICAL', 'MAJOR', 'MINOR', 'WARNING'])
  assert.deepEqual(layersOf([bucket(1), bucket(0, 0, 0, 0, 1)]).at(-1), null)
})

test('days of which the lists do not know all are no quiet days', () => {
  const bucket = (day, raised) => ({ from: `2026-01-0${day}T00:00:00Z`, to: `2026-01-0${day + 1}T00:00:00Z`, raised, cleared: 1, bySeverity: [] })
  const trend = (completeFrom, ...buckets) => ({ trend: { completeFrom, clearedWithoutTime: 1, buckets } })
  const told = trendOf({ cloud: trend('2026-01-01T12:00:00Z', bucket(1, 3), bucket(2, 4)), device: trend('2026-01-01T11:00:00Z', bucket(1, 3), bucket(2, 5)) })
  assert.deepEqual(told.buckets.map(({ from, raised, cleared }) => [from, raised, cleared]), [['2026-01-02T00:00:00Z', 9, 2]])
  assert.equal(told.clearedWithoutTime, 2)
})

const host = (hostId, cluster, room, rack) => ({ id: hostId, hostId, name: `name ${hostId}`, cluster, room, rack, ipAddresses: ['10.0.0.7'] })

test('racks stand in their clusters or rooms, in the order of their numbers, those without a name last', () => {
  const hosts = [host('1', 'b', 'r', 'rack-10'), host('2', 'b', 'r', 'rack-9'), host('3', null, 'r', null), host('4', 'a', 'r', 'rack-9')]
  const told = (by) => groupRacks(hosts, by).map(({ name, racks }) => [name, racks.map((rack) => [rack.name, rack.hosts.length])])
  assert.deepEqual(told('cluster'), [
    ['a', [['rack-9', 1]]],
    ['b', [['rack-9', 1], ['rack-10', 1]]],
    [null, [[null, 1]]],
  ])
  assert.deepEqual(told('room'), [['r', [['rack-9', 2], ['rack-10', 1], [null, 1]]]])
})

test('a host has the colour of its worst alarm', () => {
  const alarm = (hostId, severity) => ({ host: hostId === null ? null : { hostId }, severity })
  const rows = [alarm('1', 'MINOR'), alarm('1', 'CRITICAL'), alarm('1', null), alarm('2', null), alarm(null, 'CRITICAL')]
  assert.deepEqual([...worstOf({ rows, done: true })], [['1', 'CRITICAL'], ['2', null]])
  assert.equal(worstOf({ rows, done: false }), undefined, 'of a part of the alarms nobody knows which hosts have none')
})

test('a host is found by its address and rack, in any case', () => {
  assert.ok(matches(host('1', 'b', 'r', 'Rack-10'), 'rack-1'))
  assert.ok(matches(host('1', 'b', 'r', null), '10.0.0'))
  assert.ok(!matches(host('1', 'b', 'r', null), 'null'))
})

test('the fullest pool is one with a figure, and a share counts rows that have both', () => {
  const pool = (key, allocation) => ({ key, allocation })
  assert.equal(fullestOf([{ service: 'EVS', pools: [pool('a', null), pool('b', 0.4)] }, { service: 'ECS_VM', pools: [pool('c', 0.6)] }]).pool.key, 'c')
  assert.equal(fullestOf([{ service: 'EVS', pools: [pool('a', null)] }]), undefined)
  const row = (metricType, allocated, available) => ({ deviceType: 'COMPUTE', metricType, allocated, available })
  assert.equal(shareOf([row('vcpu', 30, 70), row('vcpu', null, 900), row('memory', 1, 1)], 'COMPUTE', 'vcpu'), 0.3)
  assert.equal(shareOf([], 'COMPUTE', 'vcpu'), null)
})

test('forecasts are awaited until they came or failed', () => {
  assert.equal(forecastsOf({ data: undefined, problems: [] }), undefined)
  assert.equal(forecastsOf({ data: undefined, problems: [{}] }).size, 0)
  assert.equal(forecastsOf({ data: { allocationTable: null }, problems: [{}] }).size, 0)
  assert.equal(forecastsOf({ data: { allocationTable: { cells: [{ type: 'EVS', forecast: {} }, { type: 'OBS', forecast: null }] } }, problems: [] }).size, 1)
})
