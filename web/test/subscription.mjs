import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'

import { type } from './steps.mjs'

const startJob = 'mutation Start($input: CreateMeterJobInput!) { createMeterJob(input: $input) { meterJob { jobId } } }'
const document = 'subscription Live { alarmChanges { eventId '

/**
 * followSubscription runs a subscription against a peer that speaks graphql-transport-ws, written here: what the page sends, that it
 * shows each event as it comes, and that Stop ends it.
 */
export async function followSubscription(page) {
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
  const shown = page.locator('.result-window .view-lines')
  await shown.filter({ hasText: 'first' }).waitFor()

  const subscribe = received.find((message) => message.type === 'subscribe')
  assert.deepEqual(received.map((message) => message.type), ['connection_init', 'subscribe'])
  assert.deepEqual(received[0].payload, {}, 'headers without a value are not sent')
  assert.equal(subscribe.payload.operationName, 'Live')
  assert.match(subscribe.payload.query, /alarmChanges/)
  socket.send(event(subscribe.id, 'second'))
  await shown.filter({ hasText: 'second' }).waitFor()

  const ended = once(messages, 'complete', { signal: AbortSignal.timeout(60_000) })
  await page.getByRole('button', { name: /^Stop query/ }).dispatchEvent('click')
  await page.getByRole('button', { name: /^Execute query/ }).waitFor()
  const [completed] = await ended
  assert.equal(completed.id, subscribe.id)
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
  await page.locator('.result-window .view-lines').filter({ hasText: jobId }).waitFor()
  const stop = page.getByRole('button', { name: /^Stop query/ })
  if (await stop.isVisible()) { // a job that has ended ends its subscription
    await stop.dispatchEvent('click')
  }
  await page.getByRole('button', { name: /^Execute query/ }).waitFor()
}

function event(id, eventId) {
  return JSON.stringify({ type: 'next', id, payload: { data: { alarmChanges: { eventId } }, extensions: { freshness: [] } } })
}
