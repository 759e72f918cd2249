import assert from 'node:assert/strict'

import { checkPage, focused } from './checks.mjs'

const table = (visited) => visited.page.getByRole('table').first()
const rowOf = (visited, operation) => visited.page.getByRole('row').filter({ hasText: operation }).first()

export default {
  name: 'upstream',
  page: {
    // A world of its own: others' calls would be counted between the page's answer and the program's.
    world: { hosts: 60 },
    async route(world) {
      await world.data('{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }')
      return '/upstream'
    },
    async ready(visited) {
      await table(visited).getByText('listHostDetails').waitFor()
    },
    /** The page has a row for each operation, with the calls that the gateway counts. */
    async figures(visited, { width }) {
      const { upstream } = await visited.answered('Upstream')
      assert.equal(await table(visited).getAttribute('aria-rowcount'), String(upstream.operations.length + 1))
      const busy = upstream.operations.filter(({ name, calls }) => calls > 0 && name !== 'createToken')
      assert.ok(busy.length > 0 || width === 390, 'something was called')
      for (const { name, calls, system } of busy.slice(0, 4)) {
        const text = await rowOf(visited, name).innerText()
        assert.ok(new RegExp(`\\b${calls}\\b`).test(text), `${name} has ${calls} calls in ${JSON.stringify(text)}`)
        assert.ok(width < 720 || text.includes(system), `${name} is of ${system}`)
      }
      const tiles = await visited.page.locator('main').innerText()
      for (const { name, limit } of upstream.quotas) {
        assert.ok(tiles.includes(name) && tiles.includes(limit.toLocaleString('en')), `quota ${name} of ${limit}`)
      }
    },
  },
  tests: {
    async 'puts what is broken first, and tells it in the drawer'(harness) {
      const world = await harness.newWorld({ hosts: 5, faults: [{ operation: 'listDeviceAlarms', kind: 'status', status: 500 }] })
      for (let again = 0; again < 3; again++) {
        await world.ask('{ alarms(first: 1, filter: { sources: [DEVICE] }) { totalCount } }')
      }
      await world.data('{ hosts(first: 1) { totalCount } }')
      const visited = await harness.visit(world, '/upstream')
      const first = visited.page.getByRole('row').nth(1)
      const text = await first.innerText()
      assert.match(text, /listDeviceAlarms/, 'the broken operation is the first')
      assert.match(text, /Circuit open|Half open|Failing/)
      const { upstream } = await visited.answered('Upstream')
      const broken = upstream.operations.find(({ name }) => name === 'listDeviceAlarms')
      assert.ok(broken.failures > 0)
      assert.match(text, new RegExp(`\\b${broken.failures}\\b`))
      await checkPage(visited, 'upstream, broken')
      await visited.picture('upstream-broken-1440-light-en')
      await first.focus()
      await visited.page.keyboard.press('Enter')
      const drawer = visited.page.getByRole('dialog')
      await drawer.getByText('listDeviceAlarms').first().waitFor()
      assert.equal(new URL(visited.page.url()).searchParams.get('id'), 'listDeviceAlarms')
      await checkPage(visited, 'upstream, the drawer of an operation')
      await visited.page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      assert.match(await focused(visited.page, 'the row whose drawer was closed'), /listDeviceAlarms/)
    },

    async 'is asked again each five seconds, at no cost'(harness) {
      const world = await harness.newWorld({ hosts: 5 })
      const visited = await harness.visit(world, '/upstream')
      await visited.shows('/ 24 operations')
      await world.data('{ hosts(first: 1) { totalCount } }')
      const before = await world.calls()
      await rowOf(visited, 'listHostDetails').getByRole('cell', { name: '1', exact: true }).first().waitFor()
      assert.deepEqual(await world.calls(), before, 'asking costs no call')
    },

    async 'says what is not configured, and that nothing was read'(harness) {
      const world = await harness.newWorld({ hosts: 5, unset: ['gaussdb'] })
      const visited = await harness.visit(world, '/upstream', { width: 390, theme: 'dark', lang: 'zh' })
      await visited.shows('尚未读取任何列表')
      await checkPage(visited, 'upstream, nothing read, on a phone')
      await visited.picture('upstream-empty-390-dark-zh')
      await table(visited).getByRole('row').nth(1).focus()
      await visited.page.keyboard.press('End')
      assert.match(await focused(visited.page, 'the last row'), /未配置/)
      assert.match(await visited.page.locator(':focus').innerText(), /collectAspReports/)
    },

    async 'says that it could not be read'(harness) {
      const visited = await harness.visit(await harness.world(), '/jobs')
      const { page } = visited
      await visited.alter('Upstream', (json) => {
        json.data = null
        return [{ message: 'no', extensions: { code: 'FORBIDDEN' } }]
      })
      await page.keyboard.press('g')
      await page.keyboard.press('u')
      await page.getByRole('group', { name: 'Operations' }).getByText('Could not be read').waitFor()
    },

    async 'opens an operation by its address'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/upstream?id=listHostDetails', { width: 390 })
      await visited.page.getByRole('dialog').getByText('esm-second').waitFor()
      await checkPage(visited, 'upstream, a drawer on a phone')
      const unknown = await harness.visit(world, '/upstream?id=noSuchOperation')
      await unknown.page.getByRole('dialog').getByText('noSuchOperation').first().waitFor()
    },
  },
}
