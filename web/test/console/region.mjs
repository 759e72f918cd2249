// One region: what can be handed out there, its racks and hosts, its alarms.
import assert from 'node:assert/strict'

import { checkPage, fits, focused } from './checks.mjs'

const numbers = (text) => (text.match(/[\d,]+(?:\.\d+)?/g) ?? []).map((one) => Number(one.replaceAll(',', '')))
const tile = (page, at) => page.locator('main [role=group]').nth(at)
const percent = (part) => `${part * 100 >= 99.95 ? '100' : (part * 100).toFixed(1)}%`

/** codeOf is the region that has most: the first one of the world. */
async function codeOf(world) {
  const { regions } = await world.data('{ regions { code } }')
  return regions[0].code
}

const route = async (world) => `/regions/${await codeOf(world)}`

/** figures compares what the page shows with the same documents, asked anew. */
async function figures(visited, { width }) {
  const { page } = visited
  const { cloud, device } = await visited.answered('RegionAlarmCounts')
  assert.deepEqual(numbers(await tile(page, 0).innerText()).slice(0, 2), [cloud.active + device.active, cloud.total + device.total])
  const { region } = await visited.answered('RegionHead')
  assert.equal(numbers(await tile(page, 1).innerText())[0], region.hostSummary.total)
  const { allocationTable } = await visited.answered('RegionPools')
  const fullest = Math.max(...allocationTable.cells.map(({ sum }) => sum.allocation ?? -1))
  assert.ok((await tile(page, 2).innerText()).includes(percent(fullest)))
  const { region: physical } = await visited.answered('RegionPhysical')
  const cores = physical.physicalCapacity.filter((row) => row.deviceType === 'COMPUTE' && row.metricType === 'vcpu' && row.allocation !== null)
  const [allocated, available] = ['allocated', 'available'].map((key) => cores.reduce((sum, row) => sum + row[key], 0))
  assert.ok((await tile(page, 3).innerText()).includes(percent(allocated / (allocated + available))))
  if (width < 720) {
    return
  }
  const table = page.getByRole('table').first()
  assert.equal(await table.locator('tbody tr').count(), allocationTable.cells.length)
  const forecasts = (await visited.answered('RegionForecasts')).allocationTable.cells
  for (const at of [0, 5, allocationTable.cells.length - 1]) {
    const { metricType, sum } = allocationTable.cells[at]
    const text = await table.locator('tbody tr').nth(at).innerText()
    assert.ok(text.includes(metricType ?? '—') && text.includes(percent(sum.allocation)), `row ${at}: ${text}`)
    const { outlook, fullInDays } = forecasts[at].forecast
    if (outlook === 'GROWING' && sum.available > 0) {
      assert.ok(text.includes(String(Math.floor(fullInDays))), `row ${at} tells when it is full: ${text}`)
    }
  }
}

export default {
  name: 'region',
  page: { route, figures },
  tests: {
    async 'shows only pools of a zone, or those that are nearly full, as the address says'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, await route(world))
      const { page } = visited
      const { allocationTable } = await visited.answered('RegionPools')
      const rows = page.getByRole('table').first().locator('tbody tr')
      await page.getByRole('radio', { name: 'Management zone' }).click()
      assert.equal(await rows.count(), allocationTable.cells.filter(({ zone }) => zone === 'MANAGE').length)
      await page.getByRole('button', { name: '≥ 80%' }).click()
      const full = allocationTable.cells.filter(({ zone, sum }) => zone === 'MANAGE' && sum.allocation >= 0.8).length
      const left = () => page.getByRole('table', { name: 'Capacity of cloud services' }).locator('tbody tr').count()
      assert.equal(await left(), full)
      assert.equal(new URL(page.url()).search.replace(/^\?/, ''), 'zone=management&min=0.8')
      await page.reload()
      await visited.settle()
      assert.equal(await left(), full, 'the same page after a reload')
    },

    async 'finds a host by its rack and by a few letters'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, `${await route(world)}?tab=hosts`)
      const { page } = visited
      const { region } = await visited.answered('RegionHosts')
      const hosts = region.hosts.nodes
      const count = () => page.locator('[role=table]').getAttribute('aria-rowcount').then(Number)
      assert.equal(await count(), region.hosts.totalCount + 1)
      const rack = hosts[0].rack
      await page.locator('button[aria-pressed]').filter({ hasText: rack }).first().click()
      assert.equal(await count(), hosts.filter((host) => host.rack === rack).length + 1)
      await checkPage(visited, 'the hosts of a rack')
      await page.locator('button[aria-pressed=true]').filter({ hasText: rack }).last().click()
      await page.keyboard.press('/')
      await page.keyboard.type(hosts[1].serialNumber ?? hosts[1].name)
      await page.waitForFunction(() => document.querySelector('[role=table]').getAttribute('aria-rowcount') === '2')
      await page.locator('[role=row][aria-rowindex="2"]').click()
      await page.waitForURL((url) => url.pathname === `/hosts/${hosts[1].hostId}`)
    },

    async 'colours each host by its worst active alarm'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, `${await route(world)}?tab=hosts`)
      const { page } = visited
      const { region } = await visited.answered('RegionHostAlarms')
      const ill = new Set(region.alarms.nodes.flatMap(({ host }) => (host === null ? [] : [host.hostId])))
      assert.equal(await page.locator('main section svg[width="12"]').count(), ill.size)
      await fits(page, 'the racks')
      await visited.picture('region-hosts-1440-light-en')
    },

    async 'lists the alarms of the region, the most urgent first'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, `${await route(world)}?tab=alarms`)
      const { page } = visited
      const { region } = await visited.answered('RegionAlarms')
      await page.keyboard.press('j')
      assert.match(await focused(page, 'the first alarm'), new RegExp(region.alarms.nodes[0].name))
      await checkPage(visited, 'the alarms of a region')
      await visited.picture('region-alarms-1440-light-en')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === '/alarms' && url.searchParams.get('id') === region.alarms.nodes[0].id)
    },

    async 'follows the alarms of the region in the tab that is open'(harness) {
      // The gateway looks at the alarms by the machine's clock: here three times a second.
      const environ = ['OPSGRAPH_AGES_ALARMS_FRESH=300ms', 'OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000']
      const world = await harness.newWorld({ hosts: 40, quota: 'off', environ })
      const code = await codeOf(world)
      const visited = await harness.visit(world, `/regions/${code}?tab=alarms`)
      const { page } = visited
      await visited.shows('Live')
      const [before] = numbers(await tile(page, 0).innerText())
      await world.change({ raiseAlarm: { source: 'DEVICE', severity: 1, name: 'Raised by hand', region: code } })
      await page.locator('[role=row]', { hasText: 'Raised by hand' }).waitFor()
      await page.waitForFunction((n) => document.querySelector('main [role=group]').textContent.includes(n), String(before + 1))
    },

    async 'goes to the same tab of another region'(harness) {
      const world = await harness.world()
      const { regions } = await world.data('{ regions { code nameEn } }')
      const visited = await harness.visit(world, `/regions/${regions[0].code}?tab=alarms`)
      const { page } = visited
      await page.getByLabel('Another region').selectOption(regions[1].code)
      await page.getByRole('heading', { level: 1, name: regions[1].nameEn }).waitFor()
      assert.equal(new URL(page.url()).searchParams.get('tab'), 'alarms')
    },

    async 'says which regions there are when it is none'(harness) {
      const visited = await harness.visit(await harness.world(), '/regions/nowhere-1')
      await visited.shows('No such region')
      await checkPage(visited, 'an unknown region')
      const { regions } = await visited.world.data('{ regions { code } }')
      await visited.page.getByRole('link', { name: regions[1].code }).click()
      await visited.page.waitForURL((url) => url.pathname === `/regions/${regions[1].code}`)
    },

    async 'shows what there is when capacity and a list of alarms are missing'(harness) {
      const faults = [
        { operation: 'listCloudServiceCapacity', kind: 'status', status: 500 },
        { operation: 'listDeviceAlarms', kind: 'status', status: 500 },
      ]
      const world = await harness.newWorld({ hosts: 40, faults })
      const visited = await harness.visit(world, await route(world), { quick: true })
      const { page } = visited
      await visited.shows('Capacity: the upstream does not answer.')
      await page.getByRole('table', { name: 'Physical capacity' }).waitFor()
      assert.match(await tile(page, 2).innerText(), /—/)
      await checkPage(visited, 'a region without capacity')
      await visited.picture('region-partial-1440-light-en')
      assert.match(await tile(page, 0).innerText(), /≥ \d+\s+\/ ≥ \d+[^]*without the hardware alarms/)
      // No host is said to be well while not all alarms are known.
      await page.getByRole('tab', { name: 'Hosts' }).click()
      await visited.shows('Not all alarms could be read')
      await page.locator('[class*=cell][title]').first().waitFor()
      assert.equal(await page.locator('[title*="no active alarm"]').count(), 0)
      assert.equal(await page.getByRole('button', { name: 'With alarms' }).count(), 0)
      assert.equal(await page.getByText('with alarms').count(), 0, 'nor to screen readers')
      await page.getByRole('tab', { name: 'Alarms' }).click()
      await page.getByRole('group', { name: 'By cloud service' }).getByText('without the hardware alarms').waitFor()
    },
  },
}
