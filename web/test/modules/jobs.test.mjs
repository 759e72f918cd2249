// What the forms of the jobs work out without a browser: periods, limits, and what is sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { forms, inputOf } = await load('console/pages/jobs/forms.ts')
const { check } = await load('console/pages/jobs/limits.ts')

const zone = 'Asia/Shanghai'

/** preset is the period that a form fills in by a word. */
function preset(form, word, now) {
  return forms[form].presets.find((one) => one.word === word).values(new Date(now), zone)
}

test('months and days are those of the site, also where it is another day already', () => {
  assert.deepEqual(preset('metering', 'lastMonth', '2026-11-29T12:00:00Z'), { from: '2026-10-01', to: '2026-10-31' })
  assert.deepEqual(preset('metering', 'lastMonth', '2026-01-05T12:00:00Z'), { from: '2025-12-01', to: '2025-12-31' })
  assert.deepEqual(preset('metering', 'lastMonth', '2026-03-31T12:00:00Z'), { from: '2026-02-01', to: '2026-02-28' })
  assert.deepEqual(preset('metering', 'lastMonth', '2026-11-30T16:30:00Z'), { from: '2026-11-01', to: '2026-11-30' }, 'it is December there')
  assert.deepEqual(preset('metering', 'thisMonth', '2026-11-30T16:30:00Z'), { from: '2026-12-01', to: '2026-12-01' })
  assert.deepEqual(preset('metering', 'yesterday', '2026-11-30T16:30:00Z'), { from: '2026-11-30', to: '2026-11-30' })
  assert.deepEqual(preset('users', 'last7Days', '2026-11-30T16:30:00Z'), { from: '2026-11-24T00:00', to: '2026-12-01T00:00' })
  assert.deepEqual(preset('report', 'lastHour', '2026-11-29T23:30:40Z'), { from: '2026-11-30T06:30', to: '2026-11-30T07:30' })
})

test('every period that is offered is one that is taken', () => {
  for (const now of ['2026-11-29T12:00:00Z', '2026-11-29T15:59:59Z', '2026-11-29T16:00:00Z', '2028-02-29T00:00:00Z']) {
    for (const [name, form] of Object.entries(forms)) {
      for (const { word } of form.presets) {
        const values = { ...preset(name, word, now), ...(name === 'report' ? { instanceId: 'a'.repeat(36) } : {}) }
        assert.deepEqual(check(name, values, new Date(now), zone), {}, `${name}, ${word}, at ${now}`)
      }
    }
  }
})

const now = new Date('2026-11-29T12:00:00Z') // 20:00 there

/** faultsOf are those of a form with a period that is right but for what is changed. */
function faultsOf(name, changes) {
  return check(name, { from: '2026-11-28T00:00', to: '2026-11-29T00:00', instanceId: 'a'.repeat(36), ...changes }, now, zone)
}

test('a period has to lie within the limits of the schema, to the minute', () => {
  assert.deepEqual(faultsOf('users', { from: '2026-10-30T20:00' }), {}, '30 days back, and less than that long')
  assert.deepEqual(faultsOf('users', { from: '2026-10-30T19:59' }), { from: 'faultUserAge' })
  assert.deepEqual(faultsOf('users', { from: '2026-11-01T00:00', to: '2026-12-01T00:01' }), { to: 'faultUserSpan' })
  assert.deepEqual(faultsOf('users', { from: '2026-11-29T00:00' }), { from: 'faultOrder' })
  assert.deepEqual(faultsOf('desktops', { from: '2026-06-02T00:00' }), {}, 'the day 180 days ago as a whole')
  assert.deepEqual(faultsOf('desktops', { from: '2026-06-01T23:59' }), { from: 'faultDesktopAge' })
  assert.deepEqual(faultsOf('report', { from: '2026-11-27T20:00' }), {})
  assert.deepEqual(faultsOf('report', { from: '2026-11-27T19:59' }), { from: 'faultReportAge' })
  assert.deepEqual(faultsOf('report', { to: '2026-11-29T20:00' }), {})
  assert.deepEqual(faultsOf('report', { to: '2026-11-29T20:01' }), { to: 'faultFuture' })
  assert.deepEqual(check('metering', { from: '2026-11-02', to: '2026-11-01' }, now, zone), { from: 'faultDays' })
  assert.deepEqual(check('metering', { from: '2026-11-02', to: '2026-11-02' }, now, zone), {})
  assert.deepEqual(check('metering', { from: '', to: '' }, now, zone), {}, 'all that there is')
})

test('what is typed has to be of the form of the schema', () => {
  assert.deepEqual(faultsOf('users', { from: '', to: 'soon' }), { from: 'faultRequired', to: 'faultTime' })
  assert.deepEqual(faultsOf('users', { minUsageHours: '-1', maxUsageHours: '1.5' }), { minUsageHours: 'faultNumber', maxUsageHours: 'faultNumber' })
  assert.deepEqual(faultsOf('desktops', { minIdleDays: '10', maxIdleDays: '9' }), { minIdleDays: 'faultBounds' })
  assert.deepEqual(faultsOf('desktops', { minIdleDays: '9', maxIdleDays: '10' }), {})
  assert.deepEqual(faultsOf('users', { projectId: 'a b' }), { projectId: 'faultForm' })
  assert.deepEqual(faultsOf('report', { instanceId: 'a'.repeat(35), projectId: 'b'.repeat(31) }), { instanceId: 'faultInstance', projectId: 'faultProject' })
  assert.deepEqual(faultsOf('report', { instanceId: '' }), { instanceId: 'faultRequired' })
  assert.deepEqual(check('metering', { domainId: 'x'.repeat(37) }, now, zone), { domainId: 'faultForm' })
})

test('what is left out is not sent, and times are sent in UTC', () => {
  const values = { from: '2026-11-28T00:00', to: '2026-11-29T08:30', username: ' lee ', minUsageHours: '0', maxUsageHours: '', projectId: ' ' }
  assert.deepEqual(inputOf('users', values, zone, 'key'), {
    idempotencyKey: 'key', from: '2026-11-27T16:00:00Z', to: '2026-11-29T00:30:00Z', username: 'lee', minUsageHours: 0,
  })
  assert.deepEqual(inputOf('metering', { from: '2026-11-01', to: '2026-11-30', regionId: '' }, zone, 'key'), {
    idempotencyKey: 'key', from: '2026-11-01', to: '2026-11-30',
  })
})
