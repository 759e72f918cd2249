// Handing a query on: by a link, and as code.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { answer, editor, panel, run, shows, tabsOf } from './steps.mjs'

const execute = promisify(execFile)
const variableLines = (page) => page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines')
const notice = (page) => page.getByRole('status').filter({ has: page.getByRole('button', { name: 'Close the notice' }) })
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText())

const linked = 'query Linked($n: Int!) { hosts(first: $n) { totalCount } } # "</script><img src=x onerror=alert(1)>" 告警 100 %'

/** opensLinks opens a query by its link in a tab of its own, which runs nothing, puts no markup into the page, and is not opened again. */
export async function opensLinks(page, gateway) {
  const before = await tabsOf(page).count()
  const sent = []
  page.on('request', (request) => new URL(request.url()).pathname === '/graphql' && sent.push(request.postData() ?? ''))
  const fragment = `q=${encodeURIComponent(linked)}&v=${encodeURIComponent('{"n": 3}')}`
  await page.evaluate((hash) => { window.location.hash = hash }, fragment)
  await shows(editor(page).locator('.view-lines'), 'query Linked')
  await shows(notice(page), 'has not run')
  await shows(variableLines(page), '"n"')
  assert.equal(await tabsOf(page).count(), before + 1, 'a tab of its own')
  assert.equal(await page.evaluate(() => window.location.hash), '', 'the address has it no more')
  assert.equal(await page.locator('img[src="x"]').count(), 0)
  await page.getByRole('button', { name: 'Close the notice' }).click()

  const fresh = await page.context().newPage()
  await fresh.goto(`${gateway}/playground#${fragment}`)
  await shows(editor(fresh).locator('.view-lines'), 'query Linked')
  await tabsOf(fresh).filter({ hasText: 'Linked' }).nth(1).waitFor()
  const tabs = await tabsOf(fresh).count()
  await fresh.waitForFunction((count) => { // GraphiQL keeps tabs, query and variables a moment later, each for itself
    const { 'graphiql:tabState': kept, 'graphiql:query': query, 'graphiql:variables': variables } = localStorage
    const { length, [length - 1]: last } = JSON.parse(kept).tabs
    return length === count && last.query === query && last.variables === variables && query.includes('Linked') && variables.includes('"n"')
  }, tabs)
  await fresh.reload()
  await shows(editor(fresh).locator('.view-lines'), 'query Linked')
  assert.equal(await tabsOf(fresh).count(), tabs, 'a reload opens it no second time')
  await fresh.close()

  assert.deepEqual(sent.filter((body) => body.includes('Linked')), [], 'it did not run by itself')
  await run(page)
  await shows(answer(page), '"totalCount"')
}

/** runsAtOnce runs queries as soon as they are there, before GraphiQL has read their names: the gateway takes them. */
export async function runsAtOnce(page) {
  for (const name of ['Sooner', 'Later']) {
    await page.evaluate((hash) => { window.location.hash = hash }, `q=${encodeURIComponent(`query ${name} { __typename }`)}`)
    await shows(editor(page).locator('.view-lines'), `query ${name}`)
    assert.equal(JSON.parse((await run(page)).postData()).operationName, name)
  }
  await page.getByRole('button', { name: 'Close the notice' }).click()
}

/** refusesBadLinks tells what is wrong with links that can't be opened, and opens nothing. */
export async function refusesBadLinks(page) {
  const before = await tabsOf(page).count()
  const bad = {
    'q=%E5%91': 'cut off',
    'q=%7Ba%7D&v=%5B%5D': 'no JSON object',
    nothing: 'no query',
    [`q=${'a'.repeat(70_000)}`]: 'longer than',
  }
  for (const [fragment, reason] of Object.entries(bad)) {
    await page.evaluate((hash) => { window.location.hash = hash }, fragment)
    await shows(notice(page), reason)
    await page.getByRole('button', { name: 'Close the notice' }).click()
    await notice(page).waitFor({ state: 'detached' })
  }
  assert.equal(await tabsOf(page).count(), before)
}

/** copiesALink copies the link of what is in the editors, and opens it. */
export async function copiesALink(page) {
  await page.getByRole('button', { name: 'Copy link to this query' }).click()
  await shows(notice(page), 'Link copied')
  const url = new URL(await clipboard(page))
  assert.equal(url.pathname, '/playground')
  const [q, v] = url.hash.slice(1).split('&')
  assert.equal(decodeURIComponent(q.slice(2)), linked)
  assert.deepEqual(JSON.parse(decodeURIComponent(v.slice(2))), { n: 3 })
}

/** givesCode finds the query as code of each language, and runs the command in a shell. */
export async function givesCode(page) {
  await panel(page, 'Code')
  const code = page.getByRole('region', { name: /^Query in / })
  const known = { Go: 'package main', Python: 'urllib.request', TypeScript: 'await fetch', curl: 'curl ' }
  for (const [language, has] of Object.entries(known)) {
    await page.getByRole('button', { name: language, exact: true }).click()
    await shows(code, has)
    await shows(code, 'query Linked')
    await page.getByRole('button', { name: `Copy ${language}` }).click()
    await shows(notice(page), `Copied as ${language}`)
    assert.equal(await clipboard(page), await code.textContent())
  }
  const { stdout } = await execute('sh', ['-c', await clipboard(page)])
  assert.ok(JSON.parse(stdout).data.hosts.totalCount > 0, stdout)
}

/** leavesHeadersOut finds the values of headers in no link and no code, but their names in code. */
export async function leavesHeadersOut(page) {
  await page.getByRole('button', { name: 'Copy link to this query' }).click()
  await shows(notice(page), 'Link copied')
  const handed = [await clipboard(page)]
  await panel(page, 'Code')
  for (const language of ['Go', 'Python', 'TypeScript', 'curl']) {
    await page.getByRole('button', { name: language, exact: true }).click()
    const code = page.getByRole('region', { name: `Query in ${language}` })
    await shows(code, 'X-Auth-Token')
    handed.push(await code.innerText())
  }
  for (const text of handed) {
    assert.ok(!text.includes('canary'), `a header is handed on: ${text}`)
  }
}
