import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { gridOf, listsOf } = await load('playground/grid.ts')

const data = {
  regions: [
    {
      code: 'a',
      hosts: {
        totalCount: 2,
        nodes: [{ name: 'h1', memoryGib: 1024, ipAddresses: ['10.0.0.1', '10.0.0.2'], cluster: null, disks: [] }, null],
      },
    },
    {
      code: 'b',
      hosts: {
        totalCount: 1,
        nodes: [{ name: 'h2', memoryGib: null, ipAddresses: [], cluster: { id: 'c1', rack: { name: 'r' } }, disks: [{ size: 1 }] }],
      },
    },
  ],
  alarms: { totalCount: 1, edges: [{ cursor: 'x', node: { name: '=1', cleared: false } }] },
  empty: { nodes: [] },
  codes: ['a', 'b'],
  nothing: null,
}

test('lists are found, outermost first, and those of several objects are one', () => {
  assert.deepEqual(
    listsOf(data).map((list) => [list.path, list.items.length]),
    [['regions', 2], ['alarms.edges', 1], ['regions.hosts.nodes', 3], ['regions.hosts.nodes.disks', 1]],
  )
})

test('a table has scalars, names with dots, and the objects above', () => {
  const grid = gridOf(listsOf(data).find((list) => list.path === 'regions.hosts.nodes'))
  const own = ['name', 'memoryGib', 'ipAddresses', 'cluster.id', 'cluster.rack.name']
  assert.deepEqual(grid.columns, [...own, 'regions.code', 'regions.hosts.totalCount'])
  assert.deepEqual(grid.rows, [
    ['h1', 1024, '10.0.0.1, 10.0.0.2', null, null, 'a', 2],
    [null, null, null, null, null, 'a', 2],
    ['h2', null, null, 'c1', 'r', 'b', 1],
  ])
})

test('edges have their nodes', () => {
  assert.deepEqual(gridOf(listsOf(data)[1]), { columns: ['cursor', 'node.name', 'node.cleared'], rows: [['x', '=1', false]] })
})

test('three levels, and lists of no objects', () => {
  const grid = gridOf(listsOf(data).at(-1))
  assert.deepEqual(grid.columns.slice(0, 3), ['size', 'regions.hosts.nodes.name', 'regions.hosts.nodes.memoryGib'])
  for (const none of [undefined, null, 1, 'x', [], {}, { a: [1, 2], b: { c: [] } }, [[1]]]) {
    assert.deepEqual(listsOf(none), [])
  }
})

test('a column that is null everywhere stays', () => {
  assert.deepEqual(gridOf(listsOf({ a: [{ x: null }, { x: null }] })[0]), { columns: ['x'], rows: [[null], [null]] })
})
