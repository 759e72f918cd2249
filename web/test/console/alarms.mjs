// The list of alarms: its figures, its filters, its keys, one alarm beside it, and what it shows when something is missing.
import assert from 'node:assert/strict'
import path from 'node:path'

import { checkPage, fits, focused, tabs } from './checks.mjs'

const number = (text) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''))
const row = (page, at) => page.locator(`[role=row][aria-rowindex="${at + 2}"]`)
const parameters = (page) => Object.fromEntries(new URL(page.url()).searchParams)

/** listed is the first page of the list that the page asked for, as the gateway answers it now. */
async function listed(visited) {
  const { query, variables } = visited.asked('AlarmsList')
  const { alarms } = await visited.world.data(query, { ...variables, after: undefined, first: 100 })
  return alarms
}

/** opened waits for the drawer with an alarm in it. */
async function opened({ page }) {
  const drawer = page.getByRole('dialog')
  await drawer.locator('dl').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[role=dialog]').getBoundingClientRect().right <= window.innerWidth + 1)
  return drawer
}

/** figures compares what the page shows with the same documents, asked anew. */
async function figures(visited, { width }) {
  const { page } = visited
  const alarms = await listed(visited)
  const head = await visited.answered('AlarmsHead')
  assert.equal(number(await page.locator('h1 + span').innerText()), head.all.totalCount)
  const table = page.getByRole('table').first()
  assert.equal(Number(await table.getAttribute('aria-rowcount')), head.all.totalCount + 1)
  const buttons = await page.locator('button[aria-pressed]').allInnerTexts()
  assert.deepEqual(
    buttons.map(number),
    [head.critical, head.major, head.minor, head.warning].map(({ totalCount }) => totalCount),
  )
  for (const [at, alarm] of alarms.nodes.slice(0, 5).entries()) {
    const text = await row(page, at).innerText()
    assert.ok(text.includes(alarm.name), `row ${at}, ${text}, is ${alarm.name}`)
    assert.ok(text.includes(alarm.managedElement?.name ?? alarm.managedObject ?? '—'), `object of row ${at}: ${text}`)
    if (width > 1300) {
      assert.equal(number(await row(page, at).getByRole('cell').nth(5).innerText()), alarm.occurrences)
    }
  }
  if (width < 720) {
    return // columns are nothing to press there
  }
  const { trend } = (await visited.answered('AlarmsTrend')).alarmSummary
  const buckets = trend.buckets.filter(({ from }) => Date.parse(from) >= Date.parse(trend.completeFrom))
  assert.ok(buckets.length < trend.buckets.length, 'the lists begin in the middle of a day')
  await visited.shows(/complete from|起完整/, 'section')
  const columns = page.locator('section svg[role=group] g[role=button]')
  assert.equal(await columns.count(), buckets.length)
  for (const at of [0, buckets.length - 2]) {
    const name = await columns.nth(at).getAttribute('aria-label')
    assert.match(name, new RegExp(`\\D${buckets[at].raised}(\\D|$)`), 'a column has the number of its alarms')
  }
}

export default {
  name: 'alarms',
  page: { route: '/alarms', figures },
  tests: {
    async 'opens an alarm by the keyboard and comes back to its row'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms')
      const { page } = visited
      await page.keyboard.press('j')
      assert.match(await focused(page, 'the first row'), /Critical/)
      for (const key of ['j', 'ArrowDown', 'ArrowDown', 'k']) {
        await page.keyboard.press(key)
        await focused(page, `a row after ${key}`)
      }
      const at = await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex'))
      await page.keyboard.press('Enter')
      const drawer = await opened(visited)
      await checkPage(visited, 'the drawer')
      const { node } = await visited.answered('AlarmsDetail')
      const text = await drawer.innerText()
      for (const part of [node.name, node.csn, node.regionCode, node.managedElement.name, node.probableCause]) {
        assert.ok(text.includes(part), `the drawer has ${part}`)
      }
      await tabs(page, 6, 'the drawer')
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      await page.waitForFunction((index) => document.activeElement?.getAttribute('aria-rowindex') === index, at)
      await page.keyboard.press('End')
      await focused(page, 'the last row')
      await page.keyboard.press('/')
      assert.equal(await page.evaluate(() => document.activeElement.type), 'search')
    },

    async 'goes from alarm to alarm in the drawer'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms')
      const { page } = visited
      await row(page, 2).click()
      await opened(visited)
      const first = parameters(page).id
      await page.keyboard.press('j')
      await page.waitForFunction((id) => new URL(location.href).searchParams.get('id') !== id, first)
      const second = parameters(page).id
      const alarms = await listed(visited)
      assert.deepEqual([first, second], [alarms.nodes[2].id, alarms.nodes[3].id])
      await page.keyboard.press('?')
      const sheet = page.getByRole('dialog', { name: 'Keys' })
      await sheet.waitFor()
      await page.keyboard.press('j')
      assert.equal(parameters(page).id, second, 'what lies below the keys has none')
      await page.keyboard.press('Escape')
      await sheet.waitFor({ state: 'detached' })
      assert.equal(parameters(page).id, second, 'one at a time is closed')
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '5')
    },

    async 'keeps each filter in the address, and gives the same page for it'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      await page.getByRole('button', { name: /^Critical/ }).click()
      await page.getByRole('button', { name: /^Major/ }).click()
      await page.getByRole('radio', { name: 'All' }).click()
      await page.getByRole('combobox', { name: 'Region' }).selectOption({ index: 1 })
      await page.getByRole('searchbox').fill('a')
      await page.waitForFunction(() => new URL(location.href).searchParams.get('q') === 'a')
      await visited.settle()
      const { severity, state, region, q } = parameters(page)
      assert.deepEqual({ severity, state, q }, { severity: 'CRITICAL,MAJOR', state: 'all', q: 'a' })
      const { variables } = visited.asked('AlarmsList')
      assert.deepEqual(variables.filter, { severities: ['CRITICAL', 'MAJOR'], regions: [region], textContains: 'a' })
      await figuresOf(visited)
      const seen = await row(page, 0).innerText()
      await page.reload()
      await visited.settle()
      assert.equal(await row(page, 0).innerText(), seen)
      assert.equal(await page.getByRole('searchbox').inputValue(), 'a')
      await page.goBack()
      await visited.settle()
      assert.equal(parameters(page).region, undefined, 'Back undoes one choice')
    },

    async 'orders by a column, the other way, and as usual again'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms?state=all')
      const { page } = visited
      const head = page.getByRole('columnheader', { name: 'First' }).getByRole('button')
      const orders = []
      for (let click = 0; click < 3; click++) {
        await head.click()
        await visited.settle()
        orders.push([parameters(page).sort, visited.asked('AlarmsList').variables.orderBy])
      }
      assert.deepEqual(orders, [
        ['first', { field: 'FIRST_OCCURRED_AT', direction: 'DESC' }],
        ['-first', { field: 'FIRST_OCCURRED_AT', direction: 'ASC' }],
        [undefined, { field: 'URGENCY', direction: 'DESC' }],
      ])
    },

    async 'drops what it does not know, with a note'(harness) {
      const unknown = '/alarms?severity=purple&sort=size&region=atlantis&state=gone&range=x&id=nothing'
      const visited = await harness.visit(await harness.world(), unknown, { quick: true })
      const { page } = visited
      visited.expect(/status of 400/)
      await page.waitForFunction(() => new URL(location.href).searchParams.size === 0)
      await visited.shows('atlantis')
      await visited.settle()
      const alarms = await listed(visited)
      assert.ok((await row(page, 0).innerText()).includes(alarms.nodes[0].name))
    },

    async 'says when an alarm is gone'(harness) {
      // 1ADEVICE|1, as the gateway writes ids, of an alarm that there never was.
      const visited = await harness.visit(await harness.world(), `/alarms?id=${Buffer.from('1ADEVICE|1').toString('base64url')}`)
      await visited.page.getByRole('dialog').getByText('There is no such alarm any more.').waitFor()
    },

    async 'looks closer by a click on the trend'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms?state=all')
      const { page } = visited
      const columns = page.locator('section svg[role=group] g[role=button]')
      const answer = await visited.hold(/AlarmsTrend.*HOUR/s)
      await columns.nth(20).click()
      await page.getByRole('button', { name: 'All 30 days' }).waitFor()
      assert.equal(await columns.count(), 0, 'days are not shown as hours')
      answer()
      await visited.settle()
      const { filter } = visited.asked('AlarmsList').variables
      const { bucket, range } = visited.asked('AlarmsTrend').variables
      assert.equal(bucket, 'HOUR')
      assert.deepEqual(filter.lastOccurred, range)
      assert.equal(Date.parse(range.to) - Date.parse(range.from), 86_400_000)
      assert.equal(await columns.count(), 24)
      await page.getByRole('button', { name: 'All 30 days' }).click()
      await visited.settle()
      assert.equal(visited.asked('AlarmsTrend').variables.bucket, 'DAY')
    },

    async 'says what there is none of, and the way out'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/alarms?severity=CRITICAL&region=cn-south-8&q=no+such+thing')
      await visited.shows('No active critical alarms in CN South-Guangzhou8 with "no such thing".')
      await checkPage(visited, 'no alarms')
      await visited.picture('alarms-empty-1440-light-en')
      await visited.page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click()
      await visited.settle()
      await row(visited.page, 0).waitFor()
    },

    async 'shows the good half when the list of devices fails'(harness) {
      const world = await harness.newWorld({ hosts: 40, faults: [{ operation: 'listDeviceAlarms', kind: 'status', status: 500 }] })
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      await visited.shows('Hardware alarms are missing')
      await visited.shows('listDeviceAlarms')
      const alarms = await listed(visited)
      assert.deepEqual(visited.asked('AlarmsList').variables.filter.sources, ['CLOUD_SERVICE'])
      assert.equal(number(await page.locator('h1 + span').innerText()), alarms.totalCount)
      await checkPage(visited, 'alarms without devices')
      await visited.picture('alarms-partial-1440-light-en')
      await world.faults([])
      await page.getByRole('button', { name: 'Retry' }).first().click()
      await page.getByText('Hardware alarms are missing').waitFor({ state: 'detached' })

      await page.addInitScript(() => {
        const { setTimeout } = globalThis
        globalThis.setTimeout = (run, after) => setTimeout(run, after >= 60_000 ? after / 20 : after) // what is asked each minute
      })
      await page.reload()
      await visited.settle()
      await world.faults([{ operation: 'listDeviceAlarms', kind: 'status', status: 500 }])
      await world.advance('7200s')
      await visited.shows('Hardware alarms are missing') // also where it fails later
    },

    async 'keeps old data with the reason when they can not be read anew'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      await (await harness.visit(world, '/alarms')).page.close()
      await world.faults(['listDeviceAlarms', 'listCloudServiceAlarms'].map((operation) => ({ operation, kind: 'status', status: 500 })))
      await world.advance('60s')
      await world.ask('{ alarms(first: 1) { totalCount } }')
      const visited = await harness.visit(world, '/alarms')
      await visited.shows(/old: read/)
      await visited.page.locator('header [data-stale]').waitFor()
      await row(visited.page, 0).waitFor()
      await checkPage(visited, 'alarms that are old')
      await visited.picture('alarms-stale-1440-light-en')
    },

    async 'reads the open alarm again, whatever else changes in the same moment'(harness) {
      const environ = ['OPSGRAPH_AGES_ALARMS_FRESH=300ms', 'OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000']
      const world = await harness.newWorld({ hosts: 40, quota: 'off', environ })
      const { csn } = await world.change({ raiseAlarm: { source: 'DEVICE', severity: 1, name: 'Open in the drawer' } })
      const visited = await harness.visit(world, '/alarms?q=drawer')
      await visited.shows('Live')
      await row(visited.page, 0).click()
      const drawer = await opened(visited)
      await Promise.all([
        world.change({ raiseAlarm: { source: 'DEVICE', severity: 1, name: 'Beside the drawer' } }),
        world.change({ clearAlarm: { csn } }),
      ])
      await drawer.getByText('Cleared').first().waitFor()
    },

    async 'works where only trusted documents are answered'(harness) {
      const manifest = path.resolve(import.meta.dirname, '../../../examples/typescript/relay/persisted.json')
      const environ = ['OPSGRAPH_PERSISTED_ONLY_TRUSTED=true', `OPSGRAPH_PERSISTED_MANIFEST_FILE=${manifest}`]
      const world = await harness.newWorld({ hosts: 40, environ })
      const refused = await world.ask('{ regions { code name } }')
      assert.equal(refused.errors?.[0]?.extensions.code, 'PERSISTED_QUERY_REQUIRED')
      const visited = await harness.visit(world, '/alarms')
      await visited.shows('Live')
      await row(visited.page, 0).click()
      await opened(visited)
      await visited.page.keyboard.press('Escape')
      await visited.page.goto(world.href('/'))
      await visited.settle()
      assert.equal(await visited.page.getByText('PERSISTED_QUERY_REQUIRED').count(), 0)
    },

    async 'fits a phone with its filters and a drawer open'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms', { width: 390, lang: 'zh', theme: 'dark' })
      const { page } = visited
      await page.getByRole('button', { name: '更多筛选' }).click()
      await page.getByRole('combobox').first().waitFor()
      await checkPage(visited, 'filters on a phone')
      await visited.picture('alarms-filters-390-dark-zh')
      await row(page, 0).click()
      await opened(visited)
      await visited.settle()
      await fits(page, 'the drawer on a phone')
      await checkPage(visited, 'the drawer on a phone')
      await page.screenshot({ path: `${harness.pictures}/alarms-drawer-390-dark-zh.png` })
    },

    async 'fits a phone when each text is 40 per cent longer'(harness) {
      const visited = await harness.visit(await harness.world(), '/alarms?pseudo=1', { width: 390 })
      await fits(visited.page, 'longer texts')
    },
  },
}

/** figuresOf compares the numbers of a filtered page. */
async function figuresOf(visited) {
  const alarms = await listed(visited)
  assert.equal(number(await visited.page.locator('h1 + span').innerText()), alarms.totalCount)
}
