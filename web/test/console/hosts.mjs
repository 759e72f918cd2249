// The list of hosts: its figures and those of the boards, its filters and orders, its keys, and what it shows when something is missing.
import assert from 'node:assert/strict'

import { checkPage, focused } from './checks.mjs'

const number = (text) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''))
const row = (page, at) => page.locator(`[role=row][aria-rowindex="${at + 2}"]`)
const parameters = (page) => Object.fromEntries(new URL(page.url()).searchParams)
const onePlace = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const bar = (percent) => `${onePlace.format((percent / 100) * 100)}%`

/** measured waits for the figures of the rows that are shown. */
const measured = ({ page }) => page.waitForFunction(() => /\d\.\d%/.test(document.querySelector('tbody')?.textContent ?? ''))

/** figures compares the page with the same documents, asked anew. */
async function figures(visited, { width }) {
  const { page, world } = visited
  const { chosen } = await visited.answered('HostsHead')
  const sub = await page.locator('h1 + span').innerText()
  assert.equal(number(sub), chosen.total)
  assert.ok(chosen.hostsWithoutMemory > 0, 'this world has hosts whose memory is not known')
  assert.equal(number(sub.split(' · ')[2] ?? ''), chosen.hostsWithoutMemory, `what the sum of the memory lacks: ${sub}`)
  const table = page.getByRole('table').first()
  assert.equal(Number(await table.getAttribute('aria-rowcount')), chosen.total + 1)
  const { query, variables } = visited.asked('Hosts')
  const { hosts } = await world.data(query, { ...variables, after: undefined, first: 100 })
  // Figures are read a hundred rows at a time; these are the first.
  const first = { filter: { hostIds: hosts.nodes.map(({ hostId }) => hostId) } }
  const { cpu } = await world.data(visited.asked('HostsFigures').query, first)
  const uses = new Map(cpu.hosts.map(({ host, value }) => [host.hostId, value]))
  const counted = await world.data(visited.asked('HostsAlarms').query, first)
  const alarms = new Map(counted.hosts.nodes.map((host) => [host.hostId, host.alarms.totalCount]))
  for (const [at, host] of hosts.nodes.slice(0, 8).entries()) {
    const text = await row(page, at).innerText()
    assert.ok(text.includes(host.name), `row ${at}, ${text}, is ${host.name}`)
    assert.ok(text.includes(host.cluster) && (width < 1100 && width > 720 ? true : text.includes(host.rack)), `place of row ${at}: ${text}`)
    const use = uses.get(host.hostId)
    assert.ok(use === undefined || text.includes(bar(use)), `use of row ${at}, ${use}: ${text}`)
    if (width > 720) {
      assert.equal(number(await row(page, at).getByRole('cell').nth(4).innerText()), alarms.get(host.hostId), `alarms of row ${at}`)
    }
  }
}

export default {
  name: 'hosts',
  page: { route: '/hosts', ready: measured, figures },
  tests: {
    async 'goes through the rows by keys, opens one and comes back'(harness) {
      const visited = await harness.visit(await harness.world(), '/hosts')
      const { page } = visited
      for (const key of ['j', 'j', 'ArrowDown', 'k', 'PageDown', 'End', 'Home', 'End']) {
        await page.keyboard.press(key)
        await focused(page, `a row after ${key}`)
      }
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex')), '201', 'End is the last row')
      assert.ok((await page.getByRole('row').count()) <= 80, 'only rows in sight are in the document')
      const name = await page.evaluate(() => document.activeElement.querySelector('a').textContent)
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => /\/hosts\/.+/.test(location.pathname))
      await visited.shows(name, 'h1')
      await page.goBack()
      await row(page, 0).waitFor()
      await page.keyboard.press('/')
      assert.equal(await page.evaluate(() => document.activeElement.type), 'search')
      await page.keyboard.type('j')
      assert.equal(await page.getByRole('searchbox').inputValue(), 'j', 'a letter in a field is text')
    },

    async 'has no row without text wherever a long list is scrolled to'(harness) {
      const visited = await harness.visit(await harness.newWorld({ hosts: 1500 }), '/hosts')
      const { page } = visited
      await page.waitForFunction(() => document.querySelectorAll('[aria-busy]').length === 0)
      const blank = await page.evaluate(async () => {
        const main = document.querySelector('main')
        const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()))
        let found = 0
        for (let jump = 0; jump < 60; jump++) {
          main.scrollTop = ((jump * 7919) % 1000) * (main.scrollHeight / 1000)
          await frame()
          const box = main.getBoundingClientRect()
          const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.closest('[role=row]')
          found += seen === null || seen === undefined || seen.textContent.trim() === '' ? 1 : 0
        }
        return { found, rows: document.querySelectorAll('[role=row]').length }
      })
      assert.equal(blank.found, 0, 'no blank place in 60 jumps')
      assert.ok(blank.rows <= 80, `${blank.rows} rows are in the document`)
    },

    async 'orders by a figure, by the list, and as usual again'(harness) {
      const visited = await harness.visit(await harness.world(), '/hosts')
      const { page } = visited
      const head = (name) => page.getByRole('columnheader', { name }).getByRole('button')
      await head('CPU').click()
      await visited.settle()
      assert.equal(parameters(page).sort, 'cpu')
      const { busiestHosts } = await visited.answered('HostsRanking')
      assert.equal(visited.asked('HostsRanking').variables.metric, 'CPU')
      for (const [at, { host }] of busiestHosts.hosts.slice(0, 5).entries()) {
        assert.ok((await row(page, at).innerText()).includes(host.name), `${host.name} is in row ${at}`)
      }
      assert.match(await page.evaluate(() => document.activeElement.textContent), /CPU/, 'the head that was pressed is there all the while')
      assert.equal(await page.getByRole('columnheader', { name: 'CPU' }).getAttribute('aria-sort'), 'descending')
      await visited.shows(`${busiestHosts.leftOut} without a figure`)
      await head('RAM').click()
      await visited.settle()
      assert.deepEqual(visited.asked('Hosts').variables.orderBy, { field: 'MEMORY', direction: 'DESC' })
      await head('Host').click()
      await visited.settle()
      assert.equal(parameters(page).sort, undefined)
      await checkPage(visited, 'hosts in another order')
    },

    async 'keeps each filter in the address, and gives the same page for it'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/hosts')
      const { page } = visited
      await page.getByRole('combobox', { name: 'Region' }).selectOption({ index: 1 })
      await visited.settle()
      await page.getByRole('combobox', { name: 'Cluster' }).selectOption({ index: 1 })
      await page.getByRole('searchbox').fill('Xeon')
      await page.waitForFunction(() => new URL(location.href).searchParams.get('q') === 'Xeon')
      await visited.settle()
      const { region, cluster } = parameters(page)
      assert.deepEqual(visited.asked('Hosts').variables.filter, { regions: [region], clusters: [cluster], textContains: 'Xeon' })
      const { chosen } = await visited.answered('HostsHead')
      assert.ok(chosen.total > 0 && chosen.total < 200)
      assert.equal(number(await page.locator('h1 + span').innerText()), chosen.total)
      const seen = await row(page, 0).innerText()
      await page.reload()
      await visited.settle()
      await measured(visited)
      assert.equal((await row(page, 0).innerText()).split('\n')[0], seen.split('\n')[0])
      assert.equal(await page.getByRole('searchbox').inputValue(), 'Xeon')
      await page.getByRole('combobox', { name: 'Region' }).selectOption({ index: 0 })
      await visited.settle()
      assert.equal(parameters(page).cluster, undefined, 'a cluster goes with its region')
      await page.goto(world.href('/hosts?sort=colour'))
      await page.waitForFunction(() => !new URL(location.href).searchParams.has('sort'))
      await visited.shows('colour')
    },

    async 'says that nothing matches, and the way out'(harness) {
      const visited = await harness.visit(await harness.world(), '/hosts?q=no+such+thing')
      await visited.shows('No host matches')
      await checkPage(visited, 'no hosts')
      await visited.picture('hosts-empty-1440-light-en')
      await visited.page.getByRole('button', { name: 'Clear filters' }).click()
      await row(visited.page, 0).waitFor()
    },

    async 'hides the figures where the upstream does not answer for all boards'(harness) {
      const faults = [{ operation: 'listHostPerformanceData', kind: 'status', status: 400, without: 'sn' }]
      const visited = await harness.visit(await harness.newWorld({ hosts: 40, faults }), '/hosts?sort=cpu')
      const { page } = visited
      await visited.shows('The upstream does not answer for all boards at once')
      await row(page, 0).waitFor()
      const { hosts } = await visited.answered('Hosts')
      assert.ok((await row(page, 0).innerText()).includes(hosts.nodes[0].name), 'without a ranking they are there by their names')
      assert.equal(await page.getByRole('columnheader', { name: 'Host' }).getAttribute('aria-sort'), 'ascending')
      assert.equal(await page.getByRole('columnheader', { name: 'CPU' }).count(), 0)
      await checkPage(visited, 'hosts without figures')
      await visited.picture('hosts-partial-1440-light-en')
    },

    async 'keeps the rows when alarms fail'(harness) {
      const faults = [{ operation: 'listDeviceAlarms', kind: 'status', status: 500 }]
      const visited = await harness.visit(await harness.newWorld({ hosts: 40, faults }), '/hosts')
      await measured(visited)
      await visited.shows('listDeviceAlarms')
      const cell = row(visited.page, 0).getByRole('cell').nth(4)
      assert.equal((await cell.innerText()).trim(), '—', 'what is not known is no nought')
    },

    async 'says that hosts can not be read'(harness) {
      const faults = [{ operation: 'listHostDetails', kind: 'status', status: 403 }]
      const visited = await harness.visit(await harness.newWorld({ hosts: 5, faults }), '/hosts', { lang: 'zh', theme: 'dark' })
      await visited.shows('暂时无法读取主机')
      await visited.shows('原因见上方提示')
      assert.equal(await visited.page.getByText('listHostPerformanceData').count(), 0, 'what fails is told once')
      await checkPage(visited, 'hosts that can not be read')
      await visited.picture('hosts-noaccess-1440-dark-zh')
    },

    async 'keeps old rows with the reason when they can not be read anew'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      await (await harness.visit(world, '/hosts')).page.close()
      await world.faults([{ operation: 'listHostDetails', kind: 'status', status: 500 }])
      await world.advance('300s')
      await world.ask('{ hosts(first: 1) { totalCount } }')
      const visited = await harness.visit(world, '/hosts')
      await row(visited.page, 0).waitFor()
      await visited.shows(/old: read/)
      await checkPage(visited, 'hosts that are old')
      await visited.picture('hosts-stale-1440-light-en')
    },
  },
}
