// Long lists: 5,000 hosts and 13,000 alarms are whole, in few rows of the document, and no place of them is ever blank.
import assert from 'node:assert/strict'

import { jumps } from './screen.mjs'

/** most is how many rows may be in the document, however long the list. */
const most = 80

/** isWhole runs in the page: the last row of the list is there. */
function isWhole() {
  document.querySelector('main').scrollTop = 1e9
  const last = [...document.querySelectorAll('[role=row][aria-rowindex]')].at(-1)
  return last?.getAttribute('aria-rowindex') === document.querySelector('[role=table]').getAttribute('aria-rowcount') && !last.ariaBusy
}

async function holds(harness, world, route, wanted) {
  const { page } = await harness.visit(world, route)
  await page.waitForFunction(isWhole)
  const seen = await page.evaluate(jumps)
  assert.equal(seen.rows, wanted, `${route} has all rows`)
  assert.equal(seen.blanks, 0, `${route}: places of 120 that were blank`)
  assert.ok(seen.most <= most, `${route}: ${seen.most} rows are in the document`)
}

export default {
  name: 'long',
  tests: {
    async 'shows 5,000 hosts and all their alarms in few rows, none blank'(harness) {
      // Its time stands still: after a minute there would be one alarm more than were counted.
      const world = await harness.newWorld({
        hosts: 5000, environ: ['OPSGRAPH_QUOTA_MINUTE_LIMIT=100000'], quota: 'off', still: true,
      })
      const { hostSummary, alarmSummary } = await world.data('{ hostSummary { total } alarmSummary { total } }')
      assert.ok(alarmSummary.total > 13_000, `${alarmSummary.total} alarms`)
      await holds(harness, world, '/hosts', hostSummary.total)
      await holds(harness, world, '/alarms?state=all', alarmSummary.total)
    },
  },
}
