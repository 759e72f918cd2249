// What the page tells of an answer, and its lists as tables.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'

import { editor, panel, run, shows, type } from './steps.mjs'

const told = (page) => page.getByRole('status', { name: 'The last request' })
const document = '{ regions { code hosts(first: 500) { nodes { name memoryGib region { nameEn } ipAddresses '

/** tellsStatus finds status, time, sizes and upstream calls of an answer beside it. */
export async function tellsStatus(page) {
  await shows(told(page), 'HTTP 200')
  await page.getByRole('button', { name: 'New tab' }).click()
  await told(page).filter({ hasNotText: 'HTTP' }).waitFor({ state: 'attached' }) // another tab had the answer
  await panel(page, 'Answer')
  await page.getByRole('radio', { name: /^Explain/ }).check()
  await type(page, document)
  const [response] = await Promise.all([page.waitForResponse((one) => new URL(one.url()).pathname === '/graphql'), run(page)])
  const line = told(page)
  await shows(line, 'sent')
  const text = await line.innerText()
  assert.match(text, /HTTP 200\s+\d[\d.,]* (ms|s)\s+[\d.]+ kB\s+[\d.]+ k?B sent\s+\d+ upstream calls?/)
  const bytes = (await response.body()).length
  assert.equal(await line.getByText(/^[\d.]+ kB$/).getAttribute('title'), `${bytes} bytes as they are read`)
  const [wire] = /^\d+/.exec(await line.getByText(/sent$/).getAttribute('title'))
  assert.ok(Number(wire) > 100 && Number(wire) < bytes, `${wire} of ${bytes} bytes`)
  await page.getByRole('radio', { name: /^Off/ }).check()
  await run(page)
  await line.filter({ hasNotText: 'upstream' }).waitFor()
  await told(page).filter({ hasText: 'HTTP 200' }).waitFor()
}

/** tellsFailures finds the status of a refused query, and that there was no answer. */
export async function tellsFailures(page) {
  await page.route('**/graphql', (route) => route.fulfill({ status: 503, contentType: 'text/plain', body: 'nobody home' }))
  await send(page)
  await shows(told(page), /HTTP 503.*11 B/s)
  await page.unroute('**/graphql')
}

async function send(page) {
  await editor(page).locator('textarea').focus()
  await page.keyboard.press('Control+Enter')
}

/** showsTables shows lists of the answer as tables, some rows at a time, and downloads one. */
export async function showsTables(page) {
  const response = page.waitForResponse((one) => new URL(one.url()).pathname === '/graphql')
  await run(page)
  const { data } = await (await response).json()
  const hosts = data.regions.flatMap(({ code, hosts: { nodes } }) => nodes.map((node) => ({ code, node })))
  assert.ok(hosts.length > 100 && hosts.length <= 200, `${hosts.length} hosts`)
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  const view = page.getByRole('region', { name: 'Table', exact: true })
  const rows = view.getByRole('table').locator('tbody tr')
  assert.equal(await rows.count(), data.regions.length, 'the first list')
  await view.getByRole('combobox').selectOption('regions.hosts.nodes')
  const columns = ['#', 'name', 'memoryGib', 'region.nameEn', 'ipAddresses', 'regions.code']
  assert.deepEqual(await view.getByRole('columnheader').allInnerTexts(), columns)
  assert.equal(await rows.count(), 100)
  assert.deepEqual(await rows.first().locator('td').allInnerTexts(), cells(hosts[0]))
  await view.getByRole('button', { name: 'Rows behind' }).click()
  await shows(view.getByRole('status'), `101–${Math.min(200, hosts.length)} of ${hosts.length}`)
  assert.deepEqual(await rows.first().locator('td').allInnerTexts(), cells(hosts[100]))

  const csv = await download(page, 'CSV')
  assert.equal(csv.name, 'regions.hosts.nodes.csv')
  const lines = csv.text.split('\r\n')
  assert.equal(lines.length, hosts.length + 2)
  assert.equal(lines[0], '\ufeffname,memoryGib,region.nameEn,ipAddresses,regions.code')
  assert.ok(lines[1].startsWith(`${hosts[0].node.name},${hosts[0].node.memoryGib ?? ''},`), lines[1])
  const json = await download(page, 'JSON')
  assert.equal(json.name, 'regions.hosts.nodes.json')
  assert.deepEqual(JSON.parse(json.text), hosts.map(({ node }) => node))
}

const cells = ({ code, node }) =>
  [node.name, node.memoryGib, node.region?.nameEn, node.ipAddresses?.join(', '), code].map((value) => String(value ?? '') || '–')

async function download(page, format) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Download ${format}` }).click()])
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

/** tabsThrough reaches everything that can be pressed from the head of the page by Tab alone. */
export async function tabsThrough(page) {
  await page.evaluate(() => document.activeElement?.blur())
  const reached = new Set()
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press('Tab')
    reached.add(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()))
  }
  const names = await page.getByRole('button').evaluateAll((buttons) =>
    buttons.filter((one) => !one.disabled && one.closest('.monaco-editor') === null).map((one) => one.getAttribute('aria-label') ?? one.textContent.trim()),
  )
  assert.ok(names.length > 15 && names.includes('Copy link to this query') && names.includes('Table'), names.join())
  assert.deepEqual(names.filter((name) => !reached.has(name)), [], `reached: ${[...reached].join()}`)
}

/** goesByKeyboard goes from the choice of the view through the table by Tab alone, and back to the text. */
export async function goesByKeyboard(page) {
  await page.getByRole('button', { name: 'JSON', exact: true }).focus()
  const reached = []
  for (let step = 0; step < 8; step++) {
    reached.push(await page.evaluate(() => {
      const at = document.activeElement
      const { outlineStyle, outlineWidth } = getComputedStyle(at)
      const name = at.getAttribute('aria-label') ?? (at.tagName === 'SELECT' ? 'List' : at.textContent.trim())
      return { name, seen: outlineStyle !== 'none' && outlineWidth !== '0px' }
    }))
    await page.keyboard.press('Tab')
  }
  // The last rows are shown: there are none behind.
  const wanted = ['JSON', 'Table', 'Events', 'List', 'Download CSV', 'Download JSON', 'Rows before', 'Rows of regions.hosts.nodes']
  assert.deepEqual(reached.map(({ name }) => name), wanted)
  assert.deepEqual(reached.slice(1).filter(({ seen }) => !seen), [], 'the focus is seen')
  await page.getByRole('button', { name: 'Table', exact: true }).focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.locator('.result-window .view-lines').first().waitFor()
}
