// The first page: its figures, where it leads, what follows changes, and what it shows when a list is missing.
import assert from 'node:assert/strict'

import { checkPage, tabs } from './checks.mjs'

const numbers = (text) => (text.match(/[\d,]+(?:\.\d+)?/g) ?? []).map((one) => Number(one.replaceAll(',', '')))
const tile = (page, at) => page.locator('main [role=group]').nth(at)
const panel = (page, title) => page.getByRole('group', { name: title, exact: true })
const severities = ['CRITICAL', 'MAJOR', 'MINOR', 'WARNING', null]

/** counted adds up what both lists of alarms say, by severity. */
function counted(...lists) {
  return severities.map((severity) => lists.flat().reduce((sum, one) => ((one.severity ?? null) === severity ? sum + one.count : sum), 0))
}

const percent = (part) => `${part * 100 >= 99.95 ? '100' : (part * 100).toFixed(1)}%`

/** figures compares what the page shows with the same documents, asked anew. */
async function figures(visited, { width, lang }) {
  const { page } = visited
  const { cloud, device } = await visited.answered('OverviewAlarms')
  const all = numbers(await tile(page, 0).innerText())
  assert.deepEqual(all.slice(0, 2), [cloud.active + device.active, cloud.total + device.total], 'alarms')
  const by = counted(cloud.bySeverity, device.bySeverity)
  assert.deepEqual(all.slice(2), by.at(-1) === 0 ? by.slice(0, 4) : by, 'alarms by severity')
  const { hostSummary } = await visited.answered('OverviewHosts')
  const { regions } = await visited.answered('ConsoleRegions')
  assert.equal(numbers(await tile(page, 1).innerText())[0], hostSummary.total, 'hosts')
  const { allocationTable } = await visited.answered('OverviewAllocation')
  const levels = Object.fromEntries(allocationTable.counts.map(({ level, count }) => [level, count]))
  const pools = levels.OK + levels.NEARLY_FULL + levels.FULL + levels.UNKNOWN
  assert.deepEqual(numbers(await tile(page, 2).innerText()).slice(0, 2), [levels.NEARLY_FULL + levels.FULL, pools], 'pools')

  // The worst region is the first one, and each has its own figures.
  const of = (list, code) => list.byRegion.find(({ regionCode }) => regionCode === code)?.bySeverity ?? []
  const worst = (code) => counted(of(cloud, code), of(device, code))
  const order = regions.map(({ code }) => code).toSorted((a, b) => compare(worst(b), worst(a)) || a.localeCompare(b))
  const rows = width < 720 ? page.locator('main li').filter({ has: page.locator('a[href*="regions/"]') }) : page.locator('tbody tr')
  assert.equal(await rows.count(), regions.length)
  for (const [at, code] of order.entries()) {
    const text = await rows.nth(at).innerText()
    const region = regions.find((one) => one.code === code)
    assert.ok(text.includes(lang === 'zh' ? region.name : region.nameEn), `row ${at}, ${text}, is ${code}`)
    const cells = allocationTable.cells.filter(({ regionCode }) => regionCode === code)
    const fullest = cells.toSorted((a, b) => (b.sum.allocation ?? -1) - (a.sum.allocation ?? -1))[0]
    assert.ok(text.includes(percent(fullest.sum.allocation)), `${code} has its fullest service: ${text}`)
    const shown = numbers(text)
    for (const n of worst(code).slice(0, 4)) {
      assert.ok(shown.includes(n), `${code} has ${worst(code)}: ${text}`)
    }
  }

  const trend = await visited.answered('AlarmTrend')
  const begins = Math.max(...[trend.cloud, trend.device].map(({ trend: one }) => Date.parse(one.completeFrom)))
  const buckets = trend.cloud.trend.buckets.filter(({ from }) => Date.parse(from) >= begins)
  const columns = page.locator('main svg[role=group] g[role=button]')
  assert.equal(await columns.count(), buckets.length, 'columns of the trend')
  const raised = buckets[0].raised + trend.device.trend.buckets.find(({ from }) => from === buckets[0].from).raised
  assert.match(await columns.first().getAttribute('aria-label'), new RegExp(`\\D${raised}(\\D|$)`))

  const urgent = await visited.answered('OverviewUrgent')
  const first = [...urgent.cloud.nodes, ...urgent.device.nodes].toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.lastOccurredAt.localeCompare(a.lastOccurredAt),
  )
  const alarms = page.locator('main li').filter({ has: page.locator('a[href*="alarms?"]') })
  for (const [at, alarm] of first.slice(0, 8).entries()) {
    assert.ok((await alarms.nth(at).innerText()).includes(alarm.name), `urgent alarm ${at}`)
  }
  const { busiestHosts } = await visited.answered('OverviewBusiest')
  const hosts = page.locator('main ol > li')
  for (const [at, { host, value }] of busiestHosts.hosts.entries()) {
    const text = await hosts.nth(at).innerText()
    assert.ok(text.includes(host.name ?? host.hostId) && text.includes(percent(value / 100)), `busiest host ${at}: ${text}`)
  }
}

function compare(a, b) {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : a[at] - b[at]
}

export default {
  name: 'overview',
  page: { route: '/', figures },
  tests: {
    async 'leads to a region, an alarm, a host, and to the alarms of a day by the keyboard'(harness) {
      const visited = await harness.visit(await harness.world(), '/')
      const { page } = visited
      const names = await tabs(page, 24, 'the overview')
      const { regions } = await visited.answered('ConsoleRegions')
      assert.ok(regions.every(({ nameEn }) => names.includes(nameEn)), `the regions are among ${names}`)
      await page.getByRole('link', { name: regions[0].nameEn, exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: regions[0].nameEn }).waitFor()
      assert.equal(new URL(page.url()).pathname, `/regions/${regions[0].code}`)
      await page.goBack()
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      await visited.settle()
      const columns = page.locator('main svg[role=group] g[role=button]')
      await columns.last().focus()
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Alarms' }).waitFor()
      assert.match(new URL(page.url()).searchParams.get('range'), /^\S+Z\.\.\S+Z$/)
    },

    async 'tells hours of two days apart'(harness) {
      const { page } = await harness.visit(await harness.world(), '/?range=30h')
      const names = await page.locator('main svg[role=group] g[role=button]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label').replace(/: .*/, '')))
      assert.ok(names.length >= 30, `${names.length} hours`)
      assert.equal(new Set(names).size, names.length, names.join(', '))
    },

    async 'follows the alarms'(harness) {
      // The gateway looks at the alarms by the machine's clock: here three times a second.
      const environ = ['OPSGRAPH_AGES_ALARMS_FRESH=300ms', 'OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000']
      const world = await harness.newWorld({ hosts: 40, quota: 'off', environ })
      const visited = await harness.visit(world, '/')
      const { page } = visited
      await visited.shows('Live')
      const before = numbers(await tile(page, 0).innerText())
      await world.change({ raiseAlarm: { source: 'DEVICE', severity: 1, name: 'Raised by hand' } })
      await page.locator('main li', { hasText: 'Raised by hand' }).waitFor()
      await page.waitForFunction((n) => document.querySelector('main [role=group]').textContent.includes(n), String(before[0] + 1))
      const after = numbers(await tile(page, 0).innerText())
      assert.deepEqual([after[0], after[2]], [before[0] + 1, before[2] + 1], 'one more, and it is critical')
    },

    async 'reads again when it begins to follow, and after a cut before which it heard nothing'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/upstream', { quick: true })
      const { page } = visited
      const sockets = []
      let begin
      const begun = new Promise((resolve) => {
        begin = resolve
      })
      await page.routeWebSocket(/graphql/, async (socket) => {
        await begun
        sockets.push(socket)
        socket.connectToServer()
      })
      await page.goto(world.href('/'))
      await visited.settle()
      // By itself it would read again in a minute.
      const read = (because) => page.waitForRequest((request) => request.url().includes('OverviewAlarms'), { timeout: 20_000 }).catch(() => assert.fail(because))
      const first = read('what changed before it followed is in no event')
      begin()
      await first
      await visited.shows('Live')
      const second = read('a subscription that has no event to go on behind begins anew')
      await sockets.at(-1).close()
      await second
      await visited.shows('Live')
    },

    async 'shows what there is when lists are missing, and never a nought for them'(harness) {
      const faults = [
        { operation: 'listDeviceAlarms', kind: 'status', status: 500 },
        { operation: 'listHostDetails', kind: 'status', status: 403 },
        { operation: 'listHostPerformanceData', kind: 'status', status: 400 },
        { operation: 'listCloudServiceCapacity', kind: 'status', status: 500 },
      ]
      const visited = await harness.visit(await harness.newWorld({ hosts: 40, faults }), '/', { quick: true })
      const { page } = visited
      await visited.shows('Hardware alarms: the upstream does not answer.')
      await visited.shows('Hosts: the upstream refuses the question.')
      assert.equal(await page.getByText('listDeviceAlarms').count(), 1, 'one line for a list, whatever it takes away')
      await page.locator('tbody tr').first().waitFor()
      assert.match(await tile(page, 0).innerText(), /≥ \d+\s+\/ ≥ \d+/)
      assert.match(await tile(page, 0).innerText(), /without the hardware alarms/)
      assert.match(await panel(page, 'Most urgent').innerText(), /≥ \d+\s+without the hardware alarms/)
      await panel(page, 'Alarm trend').getByText('without the hardware alarms').waitFor()
      assert.match(await panel(page, 'Allocation by region and service').innerText(), /Could not be read/)
      assert.match(await tile(page, 1).innerText(), /—/)
      assert.doesNotMatch(await tile(page, 1).innerText(), /\d/)
      for (const cell of await page.locator('tbody tr td:nth-of-type(2)').allInnerTexts()) {
        assert.equal(cell.trim(), '—', 'hosts of a region')
      }
      assert.equal(await page.getByText('Busiest hosts').count(), 0, 'the upstream gives no such reading')
      await checkPage(visited, 'the overview without two lists')
      await visited.picture('overview-partial-1440-light-en')
    },

    async 'tells that its data are old, and why'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      const visited = await harness.visit(world, '/')
      const { page } = visited
      const before = numbers(await tile(page, 0).innerText())
      await world.faults([{ operation: 'listDeviceAlarms', kind: 'status', status: 500 }])
      await world.advance('120s')
      // The first answer is the old one, which starts the refresh; the second knows that it failed.
      for (let at = 0; at < 2; at++) {
        await page.keyboard.press('r')
        await visited.settle()
      }
      await page.locator('main').getByText(/Hardware alarms are old: read/).waitFor()
      await page.getByText(/UPSTREAM_UNAVAILABLE/).first().waitFor()
      assert.deepEqual(numbers(await tile(page, 0).innerText()).slice(0, 2), before.slice(0, 2), 'the old figures stay')
      await visited.picture('overview-stale-1440-light-en')
    },

    async 'says that there is nothing where nothing is'(harness) {
      const visited = await harness.visit(await harness.world(), '/upstream')
      const { page } = visited
      // The simulator has no site without alarms: the answers are emptied on their way.
      let state = 'busy'
      await page.route('**/graphql**', async (route) => {
        const answer = await route.fetch()
        if (state === 'busy') {
          const errors = [{ message: 'busy', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]
          await route.fulfill({ response: answer, json: { errors } })
          return
        }
        const body = await answer.json()
        const none = { total: 0, active: 0, bySeverity: [], byRegion: [], totalCount: 0, nodes: [], trend: { buckets: [], completeFrom: null, clearedWithoutTime: 0 } }
        for (const list of [body.data?.cloud, body.data?.device]) {
          Object.assign(list ?? {}, none)
        }
        if (state === 'part' && body.data?.device) {
          body.data.device = null
          body.errors = [{ message: 'gone', path: ['device'], extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream: { operation: 'listDeviceAlarms' } } }]
        }
        await route.fulfill({ response: answer, json: body })
      })
      await page.keyboard.press('g')
      await page.keyboard.press('o')
      for (const title of ['Allocation by region and service', 'Alarm trend', 'Most urgent']) {
        await panel(page, title).getByText('Could not be read').first().waitFor()
      }
      assert.equal(await page.getByText('The gateway knows no region').count(), 0)
      state = 'empty'
      await page.keyboard.press('r')
      await visited.shows('No active alarms')
      await visited.shows('No alarm was raised in this time.')
      await visited.settle()
      assert.deepEqual(numbers(await tile(page, 0).innerText()), [0, 0, 0, 0, 0, 0])
      await checkPage(visited, 'the overview without alarms')
      await visited.picture('overview-empty-1440-light-en')
      // An empty list is no empty site where the other one could not be read.
      state = 'part'
      await page.keyboard.press('r')
      for (const title of ['Alarm trend', 'Most urgent']) {
        await panel(page, title).getByText('Could not be read').waitFor()
        await panel(page, title).getByText('without the hardware alarms').waitFor()
      }
    },
  },
}
