// What changes by itself: alarms that come, change and go, connections that are lost, and a gateway that asks for a token.
import assert from 'node:assert/strict'

const row = (page, name) => page.getByRole('row').filter({ hasText: name })

/** raise has the upstream raise an alarm, which the gateway finds by itself. */
async function raise(world, name, severity = 1) {
  const { csn } = await world.change({ raiseAlarm: { source: 'DEVICE', severity, name } })
  return csn
}

/** often is a world whose gateway looks at the alarms three times a second: it does so by the machine's clock. */
const often = { hosts: 40, quota: 'off', environ: ['OPSGRAPH_AGES_ALARMS_FRESH=300ms', 'OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000'] }

/** sockets notes what a page sends and hears over its WebSockets, from its next one on. */
function sockets(page) {
  const [sent, heard] = [[], []]
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload)))
    socket.on('framereceived', ({ payload }) => heard.push(payload))
  })
  return { sent, heard }
}

/** unasked waits until a page has no more to ask of a kind: data that were being read anew when they came are asked for again 2.5 s later. */
async function unasked(page, name) {
  const again = () => page.waitForRequest((request) => request.url().includes(name), { timeout: 3_500 }).catch(() => undefined)
  while ((await again()) !== undefined) {
    // and once more
  }
}

/** pressesAtOnce runs in the page: it presses a key in the moment in which the page tells of something new, before anything else runs. */
function pressesAtOnce() {
  const main = document.querySelector('main')
  const observer = new MutationObserver(() => {
    if (/\d+ new/.test(main.innerText)) {
      observer.disconnect()
      main.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true }))
    }
  })
  observer.observe(main, { childList: true, subtree: true })
}

/** follow hears of all changes as a program does: behind waits until more came at once, or one after the other, than the gateway holds. */
async function follow(world) {
  const answer = await fetch(world.href('graphql'), {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { alarmChanges { kind } }' }),
    signal: AbortSignal.timeout(60_000),
  })
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  return {
    async behind(held) {
      for (let text = ''; !text.includes('LAGGED') && text.split('event: next').length <= held + 2;) {
        text += (await reader.read()).value ?? assert.fail('the stream of events has ended')
      }
      await reader.cancel()
    },
  }
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
      const world = await harness.newWorld(often)
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      await visited.shows('Live')
      await visited.settle() // the list is read once more when the changes are followed
      const { alarms: before } = await visited.answered('AlarmsList')
      const first = await page.locator('[role=row][aria-rowindex="2"]').innerText()
      const csn = await raise(world, 'Raised by hand')
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      assert.equal(await page.locator('[role=row][aria-rowindex="2"]').innerText(), first, 'nothing that is read moves')
      await page.keyboard.press('.')
      await row(page, 'Raised by hand').waitFor()
      await page.locator('h1 + span', { hasText: String(before.totalCount + 1) }).waitFor()
      await page.getByRole('button', { name: /new alarm/ }).waitFor({ state: 'detached' })

      await world.change({ updateAlarm: { csn, severity: 3 } })
      await row(page, 'Raised by hand').filter({ hasText: 'Minor' }).waitFor()
      await row(page, 'Raised by hand').click()
      const drawer = page.getByRole('dialog')
      await drawer.getByText('Raised by hand').first().waitFor()
      await world.change({ clearAlarm: { csn } })
      await drawer.getByText('Cleared').first().waitFor()
      await page.keyboard.press('Escape')
      assert.equal(await row(page, 'Raised by hand').getAttribute('data-over'), 'true', 'what is over stays, paler')

      await drawer.waitFor({ state: 'detached' })
      await page.evaluate(pressesAtOnce)
      await raise(world, 'Taken at once')
      await row(page, 'Taken at once').waitFor()

      await raise(world, 'Of another state')
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      await page.getByRole('radio', { name: 'Cleared' }).click()
      await visited.settle()
      assert.equal(await page.getByRole('button', { name: /new alarm/ }).count(), 0, 'an active alarm is not what cleared ones lack')
    },

    async 'goes on behind the last event after a cut'(harness) {
      const world = await harness.newWorld(often)
      const visited = await harness.visit(world, '/overview-of-nothing', { quick: true })
      const { page } = visited
      visited.expect(/404|WebSocket|ERR_|Failed to load/)
      const { sent, heard } = sockets(page)
      await page.goto(world.href('/alarms'))
      await visited.shows('Live')
      await unasked(page, 'AlarmsList') // one that fails in the cut is read again after it, and has both alarms then
      await raise(world, 'Before the cut')
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      await world.down()
      await visited.shows('Reconnecting')
      await visited.shows('The gateway gives no answer') // the figures, which are asked anew after an event
      await raise(world, 'During the cut')
      await world.up()
      // Those failed and are asked again; the list did not, and what is read there does not move.
      await page.getByRole('button', { name: '2 new alarms' }).waitFor()
      await visited.shows('Live')
      assert.ok(heard.some((text) => text.includes('During the cut')), 'what was missed is told behind the last event')
      const subscriptions = sent.filter(({ type }) => type === 'subscribe').map(({ payload }) => payload.variables.after)
      assert.equal(subscriptions[0], undefined)
      assert.ok(subscriptions.at(-1)?.length > 0, 'it goes on after an event')
    },

    async 'reads everything again when events were missed'(harness) {
      const world = await harness.newWorld({ ...often, environ: [...often.environ, 'OPSGRAPH_LIVE_EVENTS=16'] })
      const visited = await harness.visit(world, '/alarms')
      const { page } = visited
      visited.expect(/WebSocket|ERR_|Failed to load/)
      await visited.shows('Live')
      const { alarms: before } = await visited.answered('AlarmsList')
      await raise(world, 'The first one')
      await page.getByRole('button', { name: '1 new alarm' }).waitFor()
      // The page stays away from then on, while somebody else keeps the gateway looking: more happens than it holds for those behind.
      await page.context().setOffline(true)
      await world.cut()
      await visited.shows('Reconnecting')
      const others = await follow(world)
      for (let at = 0; at < 40; at++) {
        await raise(world, `Missed ${at}`)
      }
      await others.behind(16)
      await page.context().setOffline(false)
      await page.locator('h1 + span', { hasText: String(before.totalCount + 41) }).waitFor()
      await row(page, 'Missed').first().waitFor()
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
      // A page that was not looked at before comes with the gateway.
      await page.keyboard.press('g')
      await page.keyboard.press('u')
      await page.waitForURL((url) => url.pathname === '/upstream')
      await page.keyboard.press('Control+k')
      await page.locator('[role=status]').filter({ hasText: 'The gateway gives no answer since' }).waitFor()
      await world.up()
      await page.getByRole('alert').filter({ hasText: 'The gateway gives no answer since' }).waitFor({ state: 'detached' })
      await page.getByRole('heading', { level: 1, name: 'Upstream' }).waitFor()
      assert.equal(await page.getByRole('dialog').count(), 0, 'nothing opens by surprise')
    },

    async 'asks for a token when the gateway does, and shows everything once it is given'(harness) {
      const world = await harness.newWorld({ ...often, environ: [...often.environ, 'OPSGRAPH_AUTH_MODE=passthrough'] })
      const visited = await harness.visit(world, '/alarms', { quick: true })
      const { page } = visited
      visited.expect(/401|WebSocket/)
      const dialog = page.getByRole('dialog', { name: 'Who are you?' })
      await dialog.waitFor()
      const { sent } = sockets(page)
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
      assert.ok(
        sent.some(({ type, payload }) => type === 'connection_init' && payload['X-Auth-Token'] === good),
        'the WebSocket has it, too',
      )
      await raise(world, 'Heard by one caller')
      await page.getByRole('button', { name: /new alarm/ }).waitFor()
      const give = async (text) => {
        await page.keyboard.press('Control+k')
        await page.getByRole('dialog').getByRole('combobox').fill('token')
        await page.getByRole('option', { name: 'Give a token' }).click()
        await dialog.getByLabel('Token', { exact: true }).fill(text)
        await page.keyboard.press('Enter')
      }
      const anew = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framesent', ({ payload }) => payload.includes('"subscribe"')))
      await give(good)
      const { payload } = await anew
      assert.equal(JSON.parse(payload).payload.variables.after, undefined, 'what one caller heard last is none of the next one’s events')
      await visited.shows('Live')
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
      assert.ok(!kept.includes(good.slice(0, 40)), 'it is in memory alone')

      // What one caller was shown is nothing for the next one, who is refused; the figures are not even that yet.
      const severities = page.locator('main [aria-pressed]').filter({ hasText: 'Critical' })
      await severities.filter({ hasText: /\d/ }).waitFor()
      const release = await visited.hold(/AlarmsHead/)
      await give('wrong')
      await dialog.getByText('The gateway does not know this token').waitFor()
      assert.equal(await page.locator('[role=row][aria-rowindex="3"]').count(), 0, 'rows of the caller before')
      assert.equal(await page.locator('h1 + span').filter({ hasText: /\d/ }).count(), 0, 'how many the caller before was told')
      assert.doesNotMatch(await severities.innerText(), /\d/, 'how many are critical')
      release()
    },
  },
}
