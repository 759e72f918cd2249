// What changes by itself: alarms that come, change and go, connections that are lost, and a gateway that asks for a token.
import assert from 'node:assert/strict'

const row = (page, name) => page.getByRole('row').filter({ hasText: name })

/** raise has the upstream raise an alarm, and the gateway find it. */
async function raise(world, name, severity = 1) {
  const { csn } = await world.change({ raiseAlarm: { source: 'DEVICE', severity, name } })
  return csn
}

/** polled moves the world past the gateway's next look at the alarms. */
const polled = (world) => world.advance('31s')

/** sockets notes what a page sends over its WebSockets, from its next one on. */
function sockets(page) {
  const sent = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload))))
  return sent
}

/** token logs in at the upstream, as a caller of the gateway does. */
async function token(world) {
  const user = { name: 'demo', password: 'demo', domain: { name: 'demo' } }
  const answer = await fetch(`${world.simulator}/v3/auth/tokens`, {
    method: 'POST',
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { name: 'demo' } } } }),
  })
  return answer.headers.get('x-subject-token') ?? assert.fail(`no token: ${answer.status} ${await answer.text()}`)
}

export default {
  name: 'live',
  tests: {
    async 'tells of a new alarm, takes it when asked, and shows what becomes of it'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      await visited.shows('Live')
      const { alarms: before } = await visited.answered('AlarmsList')
      const first = await page.locator('[role=row][aria-rowindex="2"]').innerText()
      const csn = await raise(world, 'Raised by hand')
      await polled(world)
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      assert.equal(await page.locator('[role=row][aria-rowindex="2"]').innerText(), first, 'nothing that is read moves')
      await page.keyboard.press('.')
      await row(page, 'Raised by hand').waitFor()
      await page.locator('h1 + span', { hasText: String(before.totalCount + 1) }).waitFor()
      await page.getByRole('button', { name: /new alarm/ }).waitFor({ state: 'detached' })

      await world.change({ updateAlarm: { csn, severity: 3 } })
      await polled(world)
      await row(page, 'Raised by hand').filter({ hasText: 'Minor' }).waitFor()
      await row(page, 'Raised by hand').click()
      const drawer = page.getByRole('dialog')
      await drawer.getByText('Raised by hand').first().waitFor()
      await world.change({ clearAlarm: { csn } })
      await polled(world)
      await drawer.getByText('Cleared').first().waitFor()
      await page.keyboard.press('Escape')
      assert.equal(await row(page, 'Raised by hand').getAttribute('data-over'), 'true', 'what is over stays, paler')
    },

    async 'goes on behind the last event after a cut'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      const visited = await harness.visit(world, '/overview-of-nothing', { quick: true })
      const { page } = visited
      visited.expect(/404|WebSocket|ERR_|Failed to load/)
      const sent = sockets(page)
      await page.goto(world.href('/alarms'))
      await visited.settle()
      await visited.shows('Live')
      await raise(world, 'Before the cut')
      await polled(world)
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      await world.down()
      await visited.shows('Reconnecting')
      await raise(world, 'During the cut')
      await polled(world)
      await world.up()
      await page.getByRole('button', { name: '2 new alarms' }).waitFor()
      await visited.shows('Live')
      const subscriptions = sent.filter(({ type }) => type === 'subscribe').map(({ payload }) => payload.variables.after)
      assert.equal(subscriptions[0], undefined)
      assert.ok(subscriptions.at(-1)?.length > 0, 'it goes on after an event')
    },

    async 'reads everything again when events were missed'(harness) {
      const world = await harness.newWorld({ hosts: 40, environ: ['OPSGRAPH_LIVE_EVENTS=16'] })
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      visited.expect(/WebSocket|ERR_|Failed to load/)
      await visited.shows('Live')
      await raise(world, 'The first one')
      await polled(world)
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      await world.down()
      await visited.shows('Reconnecting')
      for (let at = 0; at < 40; at++) {
        await raise(world, `Missed ${at}`)
      }
      await polled(world)
      await world.ask('{ alarms(first: 1) { totalCount } }').catch(() => undefined)
      await world.up()
      await row(page, 'Missed 39').waitFor()
      await page.getByRole('button', { name: /new alarm/ }).waitFor({ state: 'detached' })
    },

    async 'says since when the gateway is away, keeps its data, and comes back by itself'(harness) {
      const world = await harness.newWorld({ hosts: 40 })
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      visited.expect(/WebSocket|ERR_|Failed to load/)
      const first = await page.locator('[role=row][aria-rowindex="2"]').innerText()
      await world.down()
      await page.keyboard.press('r')
      await visited.shows('The gateway gives no answer since')
      await visited.picture('alarms-away-1440-light-en')
      assert.equal(await page.locator('[role=row][aria-rowindex="2"]').innerText(), first)
      await world.up()
      await page.getByText('The gateway gives no answer since').waitFor({ state: 'detached' })
    },

    async 'asks for a token when the gateway does, and shows everything once it is given'(harness) {
      const world = await harness.newWorld({ hosts: 40, environ: ['OPSGRAPH_AUTH_MODE=passthrough'] })
      const visited = await harness.visit(world, '/alarms', { quick: true })
      const { page } = visited
      visited.expect(/401|WebSocket/)
      const dialog = page.getByRole('dialog', { name: 'Who are you?' })
      await dialog.waitFor()
      const sent = sockets(page)
      await dialog.getByLabel('Token', { exact: true }).fill('wrong')
      await dialog.getByLabel('Account ID').fill('demo-domain')
      await page.keyboard.press('Enter')
      await dialog.getByText('The gateway does not know this token').waitFor()
      await visited.picture('alarms-token-1440-light-en')
      const good = await token(world)
      await dialog.getByLabel('Token', { exact: true }).fill(good)
      await dialog.getByLabel('Account ID').fill('demo-domain')
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await page.locator('[role=row][aria-rowindex="3"]:not([aria-busy])').waitFor()
      await visited.shows('Live')
      assert.ok(sent.some(({ type, payload }) => type === 'connection_init' && payload['X-Auth-Token'] === good), 'the WebSocket has it, too')
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
      assert.ok(!kept.includes(good.slice(0, 40)), 'it is in memory alone')
    },
  },
}
