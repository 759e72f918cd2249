import assert from 'node:assert/strict'

const document = 'subscription Live { alarmChanges { eventId '

/**
 * followSubscription runs a subscription against a peer that speaks graphql-transport-ws, written here: what the page sends, that it
 * shows each event as it comes, and that Stop ends it.
 */
export async function followSubscription(page) {
  const received = []
  let socket
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
    })
  })
  await page.reload() // the route holds for pages opened from now on
  await page.locator('.graphiql-query-editor .monaco-editor .view-lines').click()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.type(document, { delay: 5 })
  await page.keyboard.press('Escape') // no completion is open over the button
  await page.getByRole('button', { name: 'Live', exact: true }).waitFor() // GraphiQL has read the operation's name
  await page.getByRole('button', { name: /^Execute query/ }).click()
  const shown = page.locator('.result-window .view-lines')
  await shown.filter({ hasText: 'first' }).waitFor()

  const subscribe = received.find((message) => message.type === 'subscribe')
  assert.deepEqual(received.map((message) => message.type), ['connection_init', 'subscribe'])
  assert.deepEqual(received[0].payload, {}, 'headers without a value are not sent')
  assert.equal(subscribe.payload.operationName, 'Live')
  assert.match(subscribe.payload.query, /alarmChanges/)
  socket.send(event(subscribe.id, 'second'))
  await shown.filter({ hasText: 'second' }).waitFor()

  await page.getByRole('button', { name: /^Stop query/ }).click()
  await page.getByRole('button', { name: /^Execute query/ }).waitFor()
  await assert.doesNotReject(async () => {
    while (!received.some((message) => message.type === 'complete' && message.id === subscribe.id)) {
      await page.waitForTimeout(20)
    }
  })
}

function event(id, eventId) {
  return JSON.stringify({ type: 'next', id, payload: { data: { alarmChanges: { eventId } }, extensions: { freshness: [] } } })
}
