// The page of a host: its figures, its charts and their ranges, its machines, and what it shows when something is missing.
import assert from 'node:assert/strict'

import { checkPage, fits, focused } from './checks.mjs'

const parameters = (page) => Object.fromEntries(new URL(page.url()).searchParams)
const onePlace = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const told = (percent) => `${onePlace.format((percent / 100) * 100)}%`
const panel = (page, title) => page.getByRole('group', { name: title, exact: true })
const chart = (page, title) => panel(page, title).getByRole('img')

/** drawn waits until all charts have their canvas. */
const drawn = ({ page }) =>
  page.waitForFunction(() => {
    const charts = [...document.querySelectorAll('[role=img]')]
    return charts.length > 0 && charts.every((one) => one.querySelector('canvas') !== null || one.tagName === 'svg')
  })

/** pick is the host of a world for which something holds. */
async function pick(world, holds) {
  const { hosts } = await world.data(
    '{ hosts(first: 500) { nodes { hostId name serialNumber manufacturer regionCode rack alarms { totalCount } virtualMachines { totalCount } } } }',
  )
  return hosts.nodes.find(holds) ?? assert.fail('no such host in this world')
}

const whole = (host) => host.serialNumber !== null && host.alarms.totalCount > 0 && host.virtualMachines.totalCount > 3
const route = async (world) => `/hosts/${(await pick(world, whole)).hostId}`

/** figures compares the page with its one document, asked anew. */
async function figures(visited, { lang }) {
  const { page } = visited
  const { host } = await visited.answered('HostPage')
  assert.equal(await page.locator('h1').innerText(), host.name)
  const words = lang === 'zh' ? { cpu: 'CPU 使用率', machines: '虚拟机', alarms: '告警', place: '位置' } : { cpu: 'CPU use', machines: 'Virtual machines', alarms: 'Alarms', place: 'Place' }
  const cpu = host.metrics.find(({ key }) => key === 'cpu.usage.avg')
  const text = await panel(page, words.cpu).innerText()
  assert.ok(text.includes(told(cpu.last)), `the latest use, ${cpu.last}: ${text}`)
  assert.ok(text.includes(told(cpu.avg)), `the mean of all samples, ${cpu.avg}: ${text}`)
  const sentence = await chart(page, words.cpu).getAttribute('aria-label')
  assert.ok(sentence.includes(told(cpu.last)), sentence)
  const machines = await panel(page, words.machines).innerText()
  assert.ok(machines.includes(String(host.virtualMachines.totalCount)))
  assert.ok(machines.includes(host.virtualMachines.nodes[0].name ?? host.virtualMachines.nodes[0].vmId))
  const alarms = await panel(page, words.alarms).innerText()
  for (const alarm of host.alarms.nodes) {
    assert.ok(alarms.includes(alarm.name), `alarm ${alarm.name}`)
  }
  const place = await panel(page, words.place).innerText()
  for (const part of [host.rack, host.serialNumber, host.availabilityZone]) {
    assert.ok(place.includes(part), `${part} in ${place}`)
  }
}

export default {
  name: 'host',
  page: { route, ready: drawn, figures },
  tests: {
    async 'shows a chart as a table'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, await route(world))
      const { page } = visited
      await drawn(visited)
      await page.getByRole('button', { name: 'CPU use: As table' }).click()
      const { host } = await visited.answered('HostPage')
      const { points } = host.metrics.find(({ key }) => key === 'cpu.usage.avg')
      const rows = panel(page, 'CPU use').locator('tbody tr')
      const values = await rows.locator('td:first-of-type').allInnerTexts()
      const sent = points.map(({ value }) => told(value)).toReversed()
      assert.deepEqual(values.filter((value) => value !== '—'), sent)
      await checkPage(visited, 'a chart as a table')
    },

    async 'takes a range that is dragged over a chart'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, await route(world))
      const { page } = visited
      await drawn(visited)
      const box = await chart(page, 'CPU use').locator('.u-over').boundingBox()
      const before = visited.asked('HostPage').variables
      assert.deepEqual(before.range, { last: 'PT360M' })
      await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 })
      await page.mouse.up()
      await page.waitForFunction(() => new URL(location.href).searchParams.has('range'))
      await visited.settle()
      const { range } = visited.asked('HostPage').variables
      const hours = (Date.parse(range.to) - Date.parse(range.from)) / 3_600_000
      assert.ok(hours > 1.4 && hours < 1.6, `a quarter of six hours, ${hours}`)
      assert.equal(parameters(page).range, `${range.from.replace('.000Z', 'Z')}..${range.to.replace('.000Z', 'Z')}`)
      await page.reload()
      await visited.settle()
      assert.deepEqual(visited.asked('HostPage').variables.range, range)
    },

    async 'takes the figures of the board for longer than a day'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, `${await route(world)}?range=7d`)
      const { page } = visited
      await drawn(visited)
      await visited.shows('Metrics of hosts reach back 24 hours.')
      const { host } = await visited.answered('HostPage')
      assert.equal(host.metrics, undefined, 'metrics are not asked for')
      const cpu = host.performance.find(({ key }) => key === 'CPUUsagePercent')
      assert.ok((await panel(page, 'CPU use').innerText()).includes(told(cpu.last)))
      assert.equal(await panel(page, 'Network').count(), 0)
      await checkPage(visited, 'a host over 7 days')
      await visited.picture('host-7d-1440-light-en')
      await page.goto(world.href(`${await route(world)}?range=30d`))
      await drawn(visited)
    },

    async 'opens the metrics of a machine, and comes back to its row'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, await route(world))
      const { page } = visited
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await focused(page, 'the second machine')
      await page.keyboard.press('Enter')
      const drawer = page.getByRole('dialog')
      await drawer.getByRole('img').first().waitFor()
      const { host } = await visited.answered('HostPage')
      const machine = host.virtualMachines.nodes[1]
      assert.equal(parameters(page).vm, machine.id)
      const { node } = await visited.answered('HostMachine')
      const text = await drawer.innerText()
      for (const { key } of node.metrics) {
        assert.ok(text.includes(key), `metric ${key}`)
      }
      await visited.settle()
      await checkPage(visited, 'the drawer of a machine')
      const back = () => page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '3')
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      await back()
      await page.keyboard.press('Enter')
      await drawer.waitFor()
      await page.reload()
      await drawer.getByRole('img').first().waitFor()
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      assert.equal(parameters(page).vm, undefined)
      await back()
      const answer = await visited.hold(/HostMachine/)
      await page.keyboard.press('k')
      await page.keyboard.press('Enter')
      await drawer.getByRole('status', { name: 'Loading' }).waitFor()
      assert.equal(await drawer.getByText('This machine is no longer known.').count(), 0, 'the answer about the one before says nothing of it')
      answer()
      await drawer.getByRole('img').first().waitFor()
    },

    async 'says what a host without a serial number does not have'(harness) {
      const world = await harness.world()
      const host = await pick(world, ({ serialNumber }) => serialNumber === null)
      const visited = await harness.visit(world, `/hosts/${host.hostId}`)
      await visited.shows('The upstream has no serial number of this host')
      await checkPage(visited, 'a host without a serial number')
      await visited.picture('host-noserial-1440-light-en')
      await visited.page.goto(world.href(`/hosts/${host.hostId}?range=7d`))
      await visited.shows('Without a serial number there are no figures of more than 24 hours.')
      await visited.page.getByRole('button', { name: 'Show 24 hours' }).click()
      await drawn(visited)
      assert.equal(parameters(visited.page).range, '24h')
    },

    async 'hides a manufacturer that is the code of the region'(harness) {
      const world = await harness.world()
      const host = await pick(world, ({ manufacturer, regionCode }) => manufacturer === regionCode)
      const visited = await harness.visit(world, `/hosts/${host.hostId}`)
      await panel(visited.page, 'Hardware').waitFor()
      assert.ok(!(await panel(visited.page, 'Hardware').innerText()).includes(host.regionCode))
    },

    async 'says that there is no such host'(harness) {
      const visited = await harness.visit(await harness.world(), '/hosts/no-such-host')
      await visited.shows('The upstream knows no host with the id no-such-host.')
      await checkPage(visited, 'no such host')
      await visited.picture('host-unknown-1440-light-en')
      await visited.page.getByRole('link', { name: 'Search for it among all hosts' }).click()
      await visited.shows('No host matches')
      assert.equal(parameters(visited.page).q, 'no-such-host')
    },

    async 'keeps what is there when metrics fail'(harness) {
      const faults = ['listHostMetricData', 'listEcsPerformance'].map((operation) => ({ operation, kind: 'status', status: 500 }))
      const world = await harness.newWorld({ hosts: 40, faults })
      const visited = await harness.visit(world, await route(world))
      const { page } = visited
      await visited.shows('CPU use cannot be read now')
      await chart(page, 'Power').waitFor()
      await panel(page, 'Virtual machines').getByRole('row').nth(1).waitFor()
      await visited.shows('listHostMetricData')
      await checkPage(visited, 'a host without metrics')
      await visited.picture('host-partial-1440-light-en')
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByText('Metrics cannot be read now').waitFor()
      // Neighbours are a question of their own.
      await visited.alter('HostNeighbours', (answer) => {
        answer.data = null
        return [{ message: 'busy', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]
      })
      await page.goto(world.href(await route(world)))
      await panel(page, 'In the same rack').getByText('Could not be read').waitFor()
    },

    async 'says that the host can not be read'(harness) {
      const world = await harness.newWorld({ hosts: 5, faults: [{ operation: 'listHostDetails', kind: 'status', status: 500 }] })
      const visited = await harness.visit(world, '/hosts/any', { lang: 'zh' })
      await visited.shows('暂时无法读取主机')
      await visited.shows('系统会自动重试')
      await checkPage(visited, 'a host that can not be read')
    },

    async 'is asked again each minute while it ends now'(harness) {
      const world = await harness.newWorld({ hosts: 5 })
      const { hostId } = await pick(world, ({ serialNumber }) => serialNumber !== null)
      const visited = await harness.visit(world, '/hosts', { quick: true })
      const { page } = visited
      await page.clock.install({ time: world.now })
      await page.goto(world.href(`/hosts/${hostId}`))
      await drawn(visited)
      const answer = page.waitForResponse((response) => response.url().includes('HostPage'))
      await page.clock.fastForward(61_000)
      assert.equal((await answer).status(), 200)
    },

    async 'fits a phone with the drawer of a machine open, and when each text is 40 per cent longer'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, `${await route(world)}?pseudo=1`, { width: 390 })
      await drawn(visited)
      await fits(visited.page, 'longer texts')
      await panel(visited.page, /./).getByRole('row').nth(1).click()
      await visited.page.getByRole('dialog').getByRole('img').first().waitFor()
      await visited.settle()
      await fits(visited.page, 'longer texts in the drawer')
    },
  },
}
