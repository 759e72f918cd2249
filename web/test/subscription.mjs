import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'

import { type } from './steps.mjs'

const startJob = 'mutation Start($input: CreateMeterJobInput!) { createMeterJob(input: $input) { meterJob { jobId } } }'
const document = 'subscription Live { alarmChanges { eventId '

/**
 * followSubscription runs a subscription against a peer that speaks graphql-transport-ws, written here: what the page sends, that it
 * logs each event as it comes, and that Stop ends it. It judges the log.
 */
export async function followSubscription(page, judge) {
  const received = []
  let socket
  const messages = new EventEmitter()
  await page.routeWebSocket('**/graphql', (opened) => {
    socket = opened
    opened.onMessage((text) => {
      const message = JSON.parse(text)
      received.push(message)
      if (message.type === 'connection_init') {
        opened.send(JSON.stringify({ type: 'connection_ack' }))
      }
      if (message.type === 'subscribe') {
        opened.send(event(message.id, 'first'))
      }
      messages.emit(message.type, message)
    })
  })
  await page.reload() // the route holds for pages opened from now on
  await type(page, document)
  await page.keyboard.press('Escape') // no completion is open over the button
  await page.getByRole('button', { name: 'Live', exact: true }).waitFor() // GraphiQL has read the operation's name
  await page.getByRole('button', { name: /^Execute query/ }).dispatchEvent('click') // whatever completion is open over it
  await logOf(page).filter({ hasText: 'first' }).waitFor()

  const subscribe = received.find((message) => message.type === 'subscribe')
  assert.deepEqual(received.map((message) => message.type), ['connection_init', 'subscribe'])
  assert.deepEqual(received[0].payload, {}, 'headers without a value are not sent')
  assert.equal(subscribe.payload.operationName, 'Live')
  assert.match(subscribe.payload.query, /alarmChanges/)
  const send = (name, kind) => socket.send(event(subscribe.id, name, kind))
  await logs(page, send)
  await judge(page, 'events')
  await drops(page, send)

  const ended = once(messages, 'complete', { signal: AbortSignal.timeout(60_000) })
  await page.getByRole('button', { name: /^Stop query/ }).dispatchEvent('click')
  await page.getByRole('button', { name: /^Execute query/ }).waitFor()
  const [completed] = await ended
  assert.equal(completed.id, subscribe.id)
  await status(page).filter({ hasText: 'Socket stopped' }).waitFor()
}

const logOf = (page) => page.getByRole('region', { name: 'Events' }).getByRole('listitem')
const status = (page) => page.getByRole('status', { name: 'The last request' })

/** logs finds events in the log, the newest first, opens one, pauses it, and sees that some were missed. */
async function logs(page, send) {
  const log = logOf(page)
  send('second', 'UPDATED')
  await log.nth(1).waitFor()
  assert.match(await log.first().innerText(), /2\s+\d\d:\d\d:\d\d\.\d\d\d\s+UPDATED\s+.*second/)
  assert.match(await log.nth(1).innerText(), /1\s+\d\d:\d\d:\d\d\.\d\d\d\s+RAISED\s+.*first/)
  await status(page).filter({ hasText: /Socket open.*2 events.*\d B/s }).waitFor()
  await log.first().locator('summary').focus()
  await page.keyboard.press('Enter')
  await log.first().locator('pre').filter({ hasText: '"eventId": "second"' }).waitFor()

  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  send('third', 'CLEARED')
  await page.getByRole('button', { name: 'Go on: 1 new' }).waitFor()
  assert.equal(await log.filter({ hasText: 'third' }).count(), 0)
  await page.getByRole('button', { name: 'Go on: 1 new' }).click()
  await log.filter({ hasText: 'third' }).waitFor()
  assert.equal(await log.locator('pre').count(), 1, 'what was open stays so')

  send('fourth', 'LAGGED')
  await page.getByRole('region', { name: 'Events' }).getByText('1 × LAGGED').waitFor()
  assert.match(await log.first().innerText(), /LAGGED\s+Read the list again\./)
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await page.locator('.result-window .view-lines').filter({ hasText: 'fourth' }).waitFor() // the newest event alone
  await page.getByRole('button', { name: /^Events/ }).click()
}

/** drops sends more events than the log keeps. */
async function drops(page, send) {
  for (let number = 5; number <= 510; number++) {
    send(`event-${number}`, 'UPDATED')
  }
  await page.getByRole('region', { name: 'Events' }).getByText('510 events, 10 dropped: the newest 500 are kept').waitFor()
  assert.equal(await logOf(page).count(), 500)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await logOf(page).first().waitFor({ state: 'detached' })
}

/** followJob starts a job and follows it over the gateway's WebSocket until its first state is shown, and then stops. */
export async function followJob(page) {
  const started = await page.evaluate(async (body) => {
    const response = await fetch('graphql', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    return response.json()
  }, JSON.stringify({ query: startJob, variables: { input: {} } }))
  const { jobId } = started.data.createMeterJob.meterJob
  await page.getByRole('button', { name: 'New tab' }).click()
  await type(page, `subscription Followed { meterJob(jobId: "${jobId}") { status jobId `)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Followed', exact: true }).waitFor()
  await page.getByRole('button', { name: /^Execute query/ }).dispatchEvent('click') // whatever completion is open over it
  await logOf(page).filter({ hasText: jobId }).first().waitFor()
  const stop = page.getByRole('button', { name: /^Stop query/ })
  if (await stop.isVisible()) { // a job that has ended ends its subscription
    await stop.dispatchEvent('click')
  }
  await page.getByRole('button', { name: /^Execute query/ }).waitFor()
}

function event(id, eventId, kind = 'RAISED') {
  const advice = kind === 'LAGGED' ? 'Read the list again.' : null
  const data = { alarmChanges: { eventId, kind, alarm: kind === 'LAGGED' ? null : { name: eventId }, advice } }
  return JSON.stringify({ type: 'next', id, payload: { data, extensions: { freshness: [] } } })
}
