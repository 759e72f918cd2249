// What holds for the console as a whole: its policy, its addresses, its keys, and good data beside broken ones.
import assert from 'node:assert/strict'

import { checkPage, fits, focused, uncut } from './checks.mjs'

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'self'; " +
  "frame-ancestors 'none'; form-action 'none'"

/** shown is what of a page the address decides: its title, what is chosen, what is open. Ages and figures may differ. */
function shown() {
  const names = (selector) => [...document.querySelectorAll(selector)].map((one) => one.getAttribute('aria-label') ?? one.textContent.trim())
  return {
    address: location.pathname + location.search,
    title: names('h1'),
    dialogs: names('[role=dialog] h2, [role=dialog] [class*=title]').slice(0, 1),
    chosen: names('[aria-pressed=true], [aria-checked=true], [role=tab][aria-selected=true]').map((name) => name.replaceAll(/[\d,]+/g, '#')),
    fields: [...document.querySelectorAll('main input, main select')].map(({ value }) => value),
  }
}

/** routes are an address for each page with as much in it as it takes. */
async function routes(world) {
  const { hosts, regions } = await world.data('{ hosts(first: 1) { nodes { hostId } } regions { code } }')
  const [{ code }] = regions
  return {
    '/?lang=en': 'overview',
    [`/regions/${code}?tab=hosts`]: 'region',
    [`/hosts?region=${code}`]: 'hosts',
    [`/hosts/${hosts.nodes[0].hostId}?range=24h`]: 'host',
    '/alarms?severity=CRITICAL,MAJOR&state=all': 'alarms',
    '/capacity?rows=zone&cols=service&show=quantity&zone=POD&min=0.5': 'capacity',
    '/jobs': 'jobs',
    '/upstream?id=listHostDetails': 'upstream',
  }
}

export default {
  name: 'general',
  tests: {
    async 'has its policy, and a 404 for unknown paths'(harness) {
      const world = await harness.world()
      const answer = await fetch(world.href('/'), { headers: { accept: 'text/html' } })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-security-policy'), policy)
      const unknown = await fetch(world.href('/nothing/here'), { headers: { accept: 'text/html' } })
      assert.equal(unknown.status, 404)
      assert.match(await unknown.text(), /<div id="console">/)
    },

    async 'shows the same for an address that is pasted or loaded again'(harness) {
      const world = await harness.world()
      for (const [route, name] of Object.entries(await routes(world))) {
        const visited = await harness.visit(world, route, { shared: true })
        const before = await visited.page.evaluate(shown)
        assert.equal(before.address, new URL(world.href(route)).pathname + new URL(world.href(route)).search, `${name} keeps its address`)
        assert.equal(before.title.length, 1, `${name} has one title`)
        await visited.page.reload()
        await visited.settle()
        assert.deepEqual(await visited.page.evaluate(shown), before, name)
        await visited.page.close()
      }
    },

    async 'cuts no word off where words are longer, on a phone'(harness) {
      const world = await harness.world()
      for (const [route, name] of Object.entries(await routes(world))) {
        const address = `${route}${route.includes('?') ? '&' : '?'}pseudo=1`
        const visited = await harness.visit(world, address, { width: 390, shared: true })
        await fits(visited.page, `${name} with longer words`)
        await uncut(visited.page, `${name} with longer words`)
        await visited.page.close()
      }
    },

    async 'goes by keyboard from loading to an alarm and back, to another range, and starts a job'(harness) {
      const world = await harness.newWorld({ hosts: 20 })
      const visited = await harness.visit(world, '/')
      const { page } = visited
      await page.keyboard.press('g')
      await page.keyboard.press('a')
      await page.getByRole('heading', { level: 1, name: 'Alarms' }).waitFor()
      await visited.settle()
      await page.keyboard.press('j')
      const row = await focused(page, 'the first alarm')
      await page.keyboard.press('End')
      await focused(page, 'the last alarm')
      await page.keyboard.press('Home')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      await visited.settle()
      await focused(page, 'the details of an alarm')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      assert.equal(await focused(page, 'the alarm again'), row)

      const { hosts } = await world.data('{ hosts(first: 1) { nodes { hostId } } }')
      await page.goto(world.href(`/hosts/${hosts.nodes[0].hostId}`))
      await visited.settle()
      const range = page.getByRole('button', { name: /^Time range/ })
      await reach(page, range)
      await page.keyboard.press('Enter')
      const day = page.getByRole('button', { name: 'Last 24 h', exact: true })
      await day.waitFor()
      await visited.settle()
      await reach(page, day)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.searchParams.get('range') === '24h')
      await day.waitFor({ state: 'detached' })
      assert.match(await focused(page, 'the range again'), /Last 24 h/)

      await page.keyboard.press('g')
      await page.keyboard.press('j')
      await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor()
      await visited.settle()
      await reach(page, page.getByRole('button', { name: 'Metering' }).first())
      await page.keyboard.press('Enter')
      await dialog.waitFor()
      await visited.settle()
      await reach(page, dialog.getByRole('button', { name: /^Start/ }))
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname.startsWith('/jobs/'))
      const { jobs } = await world.data('{ jobs { totalCount } }')
      assert.equal(jobs.totalCount, 1)
    },

    async 'keeps the figures that there are when the quota is spent'(harness) {
      const world = await harness.newWorld({ hosts: 20, environ: ['OPSGRAPH_QUOTA_MINUTE_LIMIT=30'], still: true })
      for (const days of [1, 2, 3, 4]) {
        await world.ask(`{ cloudServices(regions: ["${(await world.data('{ regions { code } }')).regions[0].code}"]) { capacity(range: { last: "P${days}D" }) { unit } } }`)
      }
      const visited = await harness.visit(world, '/', { lang: 'en' })
      await visited.shows('UPSTREAM_QUOTA_EXHAUSTED')
      const hosts = await world.data('{ hosts(first: 1) { totalCount } }')
      await visited.shows(String(hosts.hosts.totalCount), 'main')
      assert.equal(await visited.page.getByText('No alarm was raised').count(), 0, 'what could not be read is not nothing')
      await checkPage(visited, 'overview with its quota spent')
      await visited.picture('overview-quota-1440-light-en')
    },
  },
}

/** reach goes to a control by Tab alone. */
async function reach(page, control) {
  for (let at = 0; at < 60; at++) {
    if (await control.evaluate((element) => element === document.activeElement).catch(() => false)) {
      await focused(page, 'what Tab leads to')
      return
    }
    await page.keyboard.press('Tab')
  }
  assert.fail(`60 times Tab does not lead to ${control}`)
}
