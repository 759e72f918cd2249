import assert from 'node:assert/strict'
import test from 'node:test'

import { load } from './load.mjs'

const { known } = await load('console/pages/alarms/figures.ts')

test('days before the lists begin are no quiet days: they are left out', () => {
  const buckets = [1, 2, 3].map((day) => ({ from: `2026-11-0${day}T00:00:00Z` }))
  assert.deepEqual(known(buckets, '2026-11-02T00:00:00Z'), buckets.slice(1), 'what begins with them is whole')
  assert.deepEqual(known(buckets, '2026-11-02T08:00:01+08:00'), buckets.slice(2))
  assert.deepEqual(known(buckets, null), buckets)
})
