import assert from 'node:assert/strict'

import { leavesHeadersOut } from './handing.mjs'

export const editor = (page) => page.locator('.graphiql-query-editor .monaco-editor')
export const answer = (page) => page.locator('.result-window .view-lines')
export const tabsOf = (page) => page.getByRole('list', { name: 'Select active operation' }).getByRole('listitem')

/** shows waits until an element has a text. Monaco writes spaces as no-break spaces. */
export async function shows(locator, text) {
  await locator.filter({ hasText: text }).first().waitFor()
}

/** type replaces the query by what is typed, key by key. The editor closes brackets by itself, behind what is typed. */
export async function type(page, text) {
  await editor(page).locator('textarea').focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.type(text, { delay: 5 })
  await shows(editor(page).locator('.view-lines'), text.trim())
}

/** run runs the query of the editor by its key, since a list of completions may cover the button, and waits for the gateway's answer; it returns the request. */
export async function run(page) {
  await editor(page).locator('textarea').focus()
  const [response] = await Promise.all([
    page.waitForResponse((one) => new URL(one.url()).pathname === '/graphql'),
    page.keyboard.press('Control+Enter'),
  ])
  assert.equal(response.status(), 200)
  return response.request()
}

/** panel opens a panel at the left by its name. */
export async function panel(page, name) {
  const [show, hide] = ['Show', 'Hide'].map((verb) => page.getByRole('button', { name: `${verb} ${name}` }))
  await show.or(hide).waitFor()
  if (await show.isVisible()) { // a panel that was open is so again after a reload
    await show.click()
  }
  await hide.waitFor()
}

/** loads waits for the page with its editor and the schema. */
export async function loads(page, gateway) {
  assert.equal(new URL(page.url()).pathname, '/playground')
  assert.ok(page.url().startsWith(gateway))
  assert.equal(await page.title(), 'opsgraph playground')
  await editor(page).waitFor()
  await page.locator('.graphiql-sidebar button:not([disabled])[aria-label^="Re-fetch"]').waitFor()
}

/** completesAndRuns types half a field, takes the completion, and runs the query. */
export async function completesAndRuns(page) {
  await type(page, '{ hosts(first: 2) { totalCo')
  await page.keyboard.press('Control+Space')
  await shows(page.locator('.suggest-widget.visible .monaco-list-row.focused'), 'totalCount')
  await page.keyboard.press('Enter')
  await shows(editor(page).locator('.view-lines'), /totalCount\s*\}/)
  await run(page)
  await shows(answer(page), /"totalCount":\s\d+/)
}

/** showsFreshness finds the age of the host list in the panel. */
export async function showsFreshness(page) {
  await panel(page, 'Answer')
  const row = page.getByRole('table', { name: 'Freshness' }).getByRole('row').filter({ hasText: 'listHostDetails' })
  assert.match(await row.innerText(), /listHostDetails\s+\d+ (s|min|h)\s+(fresh|stale)/)
}

/** explains runs a query with Explain chosen and finds its calls and their cost. */
export async function explains(page) {
  await page.getByRole('radio', { name: /^Explain/ }).check()
  await type(page, '{ hosts(first: 2) { totalCount nodes { name virtualMachines(first: 1) { totalCount ')
  const request = await run(page)
  assert.equal(request.headers()['x-opsgraph-explain'], '1')
  const calls = page.getByRole('table', { name: 'Calls' })
  await calls.getByRole('row').filter({ hasText: 'listHostDetails' }).waitFor()
  const sent = await calls.getByRole('row').filter({ hasText: /upstream/ }).count()
  assert.ok(sent >= 2, `${sent} rows of calls that were sent`)
  const cost = page.getByRole('table', { name: 'Cost' }).getByRole('row')
  assert.match(await cost.filter({ hasText: /^calls/ }).innerText(), /calls\s+[1-9]/)
  await page.getByRole('radio', { name: /^Off/ }).check()
  assert.equal((await run(page)).headers()['x-opsgraph-explain'], undefined)
  await page.getByRole('radio', { name: /^Explain/ }).check()
  await run(page)
  await calls.waitFor()
}

/** closesCompletions closes the list of completions that typing may have left open, sooner or later. */
export async function closesCompletions(page) {
  await editor(page).locator('textarea').focus()
  await page.keyboard.press('Escape')
  await page.locator('.suggest-widget.visible').first().waitFor({ state: 'hidden' })
}

/** plans asks what a query would take, without its being made. */
export async function plans(page) {
  await page.getByRole('radio', { name: /^Plan/ }).check()
  await type(page, '{ auditEvents(filter: {range: {last: "P1D"}}, first: 1) { totalCount ')
  assert.equal((await run(page)).headers()['x-opsgraph-explain'], 'plan')
  const calls = page.getByRole('table', { name: 'Planned calls' })
  assert.match(await calls.getByRole('row').nth(1).innerText(), /\w+\s+\d+( to \d+)?\s+\w+/)
  await page.getByRole('table', { name: 'Cost' }).getByRole('row').nth(1).waitFor()
  await page.getByRole('radio', { name: /^Explain/ }).check()
}

/** opensAnExample opens examples of the documentation in tabs of their own, with variables that have times put in, and runs one. */
export async function opensAnExample(page) {
  const before = await tabsOf(page).count()
  await panel(page, 'Examples')
  const list = page.getByRole('region', { name: 'Examples' }).getByRole('button')
  assert.ok((await list.count()) >= 10, 'the examples of the documentation')
  await page.getByRole('region', { name: 'Examples' }).getByRole('button', { name: 'meterjob', exact: true }).click()
  await page.locator('.graphiql-editor-tool .view-lines').filter({ hasText: /usage-until-\d{4}-\d\d-\d\d/ }).waitFor()
  await page.getByRole('region', { name: 'Examples' }).getByRole('button', { name: 'hosts', exact: true }).click()
  await shows(editor(page).locator('.view-lines'), 'query Hosts') // not the tab before, which has a query in its comment
  await page.locator('.graphiql-editor-tool .view-lines').filter({ hasText: /"after"/ }).waitFor()
  await tabsOf(page).filter({ hasText: 'Hosts' }).first().waitFor() // GraphiQL has read the operation's name
  await run(page)
  await shows(answer(page), '"hosts"')
  assert.equal(await tabsOf(page).count(), before + 2)
}

/** poses shows the page at its best, for the picture of the documentation: alarms that nobody had asked for yet, explained. */
export async function poses(page) {
  await page.getByRole('region', { name: 'Examples' }).getByRole('button', { name: 'alarms', exact: true }).click()
  await shows(editor(page).locator('.view-lines'), 'Alarms')
  await tabsOf(page).filter({ hasText: 'Alarms' }).first().waitFor()
  await panel(page, 'Answer')
  await run(page)
  await page.getByRole('table', { name: 'Calls' }).getByRole('row').filter({ hasText: 'upstream' }).first().waitFor()
  await shows(answer(page), '"alarms"')
  await page.getByRole('heading', { name: 'Answer' }).scrollIntoViewIfNeeded()
}

/** listsHistory finds the queries that ran in the history. */
export async function listsHistory(page) {
  await panel(page, 'History')
  await page.getByRole('region', { name: 'History' }).getByRole('listitem').nth(1).waitFor()
}

/** documents reads the description of a type in the explorer. */
export async function documents(page) {
  await panel(page, 'Documentation Explorer')
  const explorer = page.getByRole('region', { name: 'Documentation Explorer' })
  await explorer.getByRole('link', { name: 'Query', exact: true }).click()
  await explorer.getByRole('link', { name: 'hosts', exact: true }).waitFor()
}

/** keepsHeadersToItself sends a token by the headers' editor and finds it nowhere in the browser's storage, nor after a reload. */
export async function keepsHeadersToItself(page) {
  await page.getByRole('button', { name: 'Headers', exact: true }).click()
  const headers = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor')
  await shows(headers.locator('.view-lines'), 'X-HCSO-Domain-Id')
  await headers.locator('.view-lines').click()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.type('{"X-Auth-Token": "canary-token"', { delay: 5 })
  const request = await run(page)
  assert.equal(request.headers()['x-auth-token'], 'canary-token')
  await leavesHeadersOut(page)
  const tabs = await tabsOf(page).count()
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie)
  assert.ok(kept.includes('hosts('), 'queries are kept')
  assert.ok(!kept.includes('canary'), `a header is kept: ${kept}`)
  await page.reload()
  await editor(page).waitFor()
  assert.equal(await tabsOf(page).count(), tabs, 'tabs are kept')
  await page.getByRole('button', { name: 'Headers', exact: true }).click()
  await shows(headers.locator('.view-lines'), 'X-HCSO-Domain-Id')
  assert.ok(!(await headers.innerText()).includes('canary'))
}

/** darkens opens the page in the dark theme, which it takes from the system when it loads, with a query of the last visit. */
export async function darkens(page) {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  await shows(editor(page).locator('.view-lines'), /query|\{/) // an editor that comes later has the query of the tab before
  await page.getByRole('button', { name: 'Hosts', exact: true }).click()
  await shows(editor(page).locator('.view-lines'), 'query Hosts')
  await run(page)
  await shows(answer(page), '"hosts"')
}

/** tellsThatIntrospectionIsOff finds the notice, and that queries run all the same. */
export async function tellsThatIntrospectionIsOff(page) {
  await editor(page).waitFor()
  await page.getByRole('status').filter({ hasText: 'introspection' }).waitFor()
  await type(page, '{ __typename ')
  await run(page)
  await shows(answer(page), '"Query"')
}
