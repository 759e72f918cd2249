import assert from 'node:assert/strict'
import test from 'node:test'

import { load } from './load.mjs'

const { atLeast, fillingOf, forecastsOf, keyOf, matrixOf, rowsOf, totalOf, unitsOf, urgencyOf } = await load('console/pages/capacity/figures.ts')
const { group } = await load('console/data/problems.ts')

const cell = (regionCode, type, unit, allocated, available, rest = {}) => ({
  regionCode,
  type,
  unit,
  zone: null,
  metricType: null,
  sum: { allocated, available, allocation: allocated === null ? null : allocated / (allocated + available) },
  ...rest,
})
const forecast = (outlook, fullInDays, fullInDaysFrom = null) => ({ outlook, fullInDays, fullInDaysFrom, fullInDaysTo: null, perDay: 1, days: 31, points: [] })

test('units split what counts in its own', () => {
  assert.equal(unitsOf('region', 'service'), 'columns')
  assert.equal(unitsOf('service', 'region'), 'rows')
  assert.equal(unitsOf('service', 'model'), 'columns')
  assert.equal(unitsOf('region', 'zone'), 'columns')
})

test('a matrix has a column for each unit, services in their order, and finds sums by them', () => {
  const cells = [cell('b', 'DCC', 'TERABYTES', 1, 1), cell('b', 'DCC', 'CORES', 9, 1), cell('b', 'ECS_VM', 'VMS', 1, 3), cell('a', 'ECS_VM', 'VMS', 1, 1)]
  const sums = [cell(null, 'ECS_VM', 'VMS', 2, 4), cell(null, 'DCC', 'CORES', 9, 1)]
  const matrix = matrixOf(cells, sums, 'region', 'service')
  assert.deepEqual(matrix.rows.map(({ key }) => key), ['a', 'b'])
  assert.deepEqual(matrix.columns.map(({ key }) => key), ['ECS_VM/VMS', 'DCC/TERABYTES', 'DCC/CORES'])
  const [a, b] = matrix.rows
  const [ecs, terabytes, cores] = matrix.columns
  assert.equal(matrix.cellOf(b, cores), cells[1])
  assert.equal(matrix.cellOf(a, terabytes), undefined, 'no cell is no nought')
  assert.equal(matrix.sumOf(ecs), sums[0])
  assert.equal(matrix.sumOf(terabytes), undefined)
})

test('rows that name nothing have a row of their own', () => {
  const matrix = matrixOf([cell('a', 'OBS', 'TERABYTES', 1, 1), cell('a', 'EVS', 'TERABYTES', 1, 1, { zone: 'POD' })], [], 'service', 'zone')
  assert.deepEqual(matrix.columns.map(({ key }) => key), ['', 'POD'])
  assert.deepEqual(matrix.rows.map(({ key }) => key), ['EVS/TERABYTES', 'OBS/TERABYTES'])
})

test('what grows fills first, then what is full, and what may grow comes behind', () => {
  const cells = ['a', 'b', 'c', 'd', 'e', 'f'].map((region) => cell(region, 'ECS_VM', 'VMS', 5, 5))
  const forecasts = new Map(
    [forecast('GROWING', 100), forecast('STEADY', null, 12), forecast('GROWING', 31), forecast('STEADY', 0), forecast('STEADY', null), null].map((one, at) => [keyOf(cells[at]), one]),
  )
  assert.deepEqual(fillingOf(cells, forecasts).map(({ cell: { regionCode } }) => regionCode), ['d', 'c', 'a', 'b'])
  assert.deepEqual(fillingOf(cells, new Map([[keyOf(cells[0]), forecast('TOO_LITTLE_HISTORY', null, 1)]])), [])
  assert.deepEqual(fillingOf(cells, new Map([[keyOf(cells[0]), forecast('STEADY', null, 400)]])), [])
})

test('what is not known has no total, and no urgency', () => {
  assert.equal(totalOf(cell('a', 'BMS', 'SERVERS', 0, 0)), 0)
  assert.equal(totalOf(cell('a', 'BMS', 'SERVERS', null, 4)), null)
  assert.deepEqual([null, 30, 31, 90, 91].map(urgencyOf), [undefined, 'full', 'nearly', 'nearly', undefined])
})

test('a forecast that could not be read is not there, one without a history is null', () => {
  const cells = ['a', 'b', 'c'].map((region) => ({ ...cell(region, 'ECS_VM', 'VMS', 5, 5), forecast: region === 'c' ? forecast('STEADY', null) : null }))
  const [spent] = group({
    faults: [{ message: 'x', path: ['table', 'cells', 1, 'forecast'], extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', upstream: { operation: 'o' } } }],
    requestId: '',
    at: 0,
  })
  const forecasts = forecastsOf(cells, [spent])
  assert.deepEqual([...forecasts], [[keyOf(cells[0]), null], [keyOf(cells[2]), cells[2].forecast]])
  assert.ok(forecastsOf(cells, [{ ...spent, paths: [] }]).has(keyOf(cells[2])), 'what was read stays when all is refused')
  assert.equal(forecastsOf(undefined, [spent]), undefined)
})

test('a cell has the rows that say what it says, also where it says nothing', () => {
  const row = (zone, metricType) => ({ zone, metricType, unit: 'VMS' })
  const services = [{ regionCode: 'a', type: 'ECS_VM', capacity: [row('POD', 'm'), row(null, 'm'), row(null, null), { ...row(null, null), unit: 'CORES' }] }, { regionCode: null, type: 'ECS_VM', capacity: [row(null, 'n')] }]
  const of = (one, ...by) => rowsOf(services, one, by).map(({ service, row: { zone, metricType } }) => [service.regionCode, zone, metricType])
  assert.deepEqual(of(cell('a', null, 'VMS', 1, 1, { zone: null }), 'region', 'zone'), [['a', null, 'm'], ['a', null, null]])
  assert.deepEqual(of(cell('a', null, 'VMS', 1, 1, { metricType: null }), 'region', 'model'), [['a', null, null]])
  assert.deepEqual(of(cell(null, 'ECS_VM', 'VMS', 1, 1), 'region', 'service'), [[null, null, 'n']])
  assert.equal(of(cell(null, 'ECS_VM', 'VMS', 1, 1), 'service', 'service').length, 4, 'what was not asked counts for nothing')
})

test('pools that are as full as is asked are counted by that', () => {
  const cells = [cell('a', 'OBS', 'TERABYTES', 5, 5), cell('b', 'OBS', 'TERABYTES', 9, 1), cell('c', 'OBS', 'TERABYTES', null, 1)]
  assert.deepEqual([undefined, 0.5, 0.6].map((least) => atLeast(cells, least).length), [3, 2, 1])
})
