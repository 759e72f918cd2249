// What stands around every page: the ways to the others, search, range, language, theme, keys.
import assert from 'node:assert/strict'

import { checkPage, focused, tabs } from './checks.mjs'

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
const path = (page) => new URL(page.url()).pathname

export default {
  name: 'frame',
  tests: {
    async 'goes to all pages by two keys, and keeps language and range'(harness) {
      const visited = await harness.visit(await harness.world(), '/?lang=en&range=24h')
      const { page } = visited
      for (const [key, to] of Object.entries({ a: '/alarms', c: '/capacity', h: '/hosts', j: '/jobs', u: '/upstream', o: '/' })) {
        await page.keyboard.press('g')
        await page.keyboard.press(key)
        await page.waitForURL((url) => url.pathname === to)
        assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { lang: 'en', range: '24h' })
        assert.equal(await page.locator('nav [aria-current=page]').first().getAttribute('href').then((href) => href.split('?')[0]), to)
      }
      await page.getByRole('button', { name: '切换到中文' }).click()
      await heading(page, '总览')
      assert.equal(new URL(page.url()).searchParams.get('lang'), 'zh', 'an address tells the language that it shows')
    },

    async 'has the content one step away, and shows where the focus is'(harness) {
      const visited = await harness.visit(await harness.world(), '/')
      const { page } = visited
      await page.keyboard.press('Tab')
      assert.equal(await focused(page, 'the first step'), 'Skip to the content')
      await page.keyboard.press('Enter')
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
      assert.equal(path(page), '/', 'the page has a base, which a link would have left')
      await page.reload()
      await visited.settle()
      await tabs(page, 16, 'the frame')
    },

    async 'finds pages, regions, hosts and alarms'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/')
      const { page } = visited
      const { hosts, alarms, regions } = await world.data(
        '{ hosts(first: 1) { nodes { hostId name } } alarms(first: 1, filter: {cleared: false}) { nodes { name } } regions { code nameEn } }',
      )
      const box = page.getByRole('dialog').getByRole('combobox')
      const search = async (text, found) => {
        await page.keyboard.press('Control+k')
        await box.fill(text)
        await page.getByRole('option').filter({ hasText: found }).first().waitFor()
      }
      await search(regions[2].code, regions[2].nameEn)
      await checkPage(visited, 'the palette')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === `/regions/${regions[2].code}`)
      await search(hosts.nodes[0].name, hosts.nodes[0].name)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname === `/hosts/${hosts.nodes[0].hostId}`)
      await search(alarms.nodes[0].name, alarms.nodes[0].name)
      await page.getByRole('option').filter({ hasText: alarms.nodes[0].name }).first().click()
      await page.waitForURL((url) => url.pathname === '/alarms' && url.searchParams.has('id'))
      await page.getByRole('dialog').getByRole('heading', { name: alarms.nodes[0].name }).waitFor() // before it is there Esc closes nothing
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      // What is typed at once is not lost, and is no key of the page.
      await page.keyboard.press('Control+k')
      await page.keyboard.type('that is nobody')
      await page.getByText('Nothing is called “that is nobody”.').waitFor()
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'light')
    },

    async 'says what could not be searched, and counts for the text that is asked'(harness) {
      const world = await harness.newWorld({ hosts: 40, faults: [{ operation: 'listDeviceAssets', kind: 'status', status: 403 }] })
      const visited = await harness.visit(world, '/upstream')
      const { page } = visited
      const dialog = page.getByRole('dialog')
      const status = dialog.locator('p[role=status]')
      const { hosts } = await world.data('{ hosts(first: 1) { totalCount nodes { name } } }')
      const common = hosts.nodes[0].name.slice(0, 3)
      await page.keyboard.press('Control+k')
      await dialog.getByRole('combobox').fill(common)
      await dialog.getByRole('option').filter({ hasText: /All \d+ hosts/ }).waitFor()
      await dialog.getByText('Devices: the upstream refuses the question.').waitFor()
      await dialog.getByRole('button', { name: 'Request id' }).focus()
      await page.keyboard.press('Space')
      await dialog.getByRole('button').filter({ hasText: 'Copied' }).waitFor()
      assert.equal(await dialog.getByRole('combobox').inputValue(), common, 'what presses a button is no part of a name')
      assert.match(await status.innerText(), /\d+ results · Not everything could be searched/)
      await checkPage(visited, 'the palette without devices')

      const release = await visited.hold(/query Palette.*that is nobody/)
      const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('variables')?.includes('that is nobody') === true)
      await dialog.getByRole('combobox').fill('that is nobody')
      await asked
      assert.equal(await dialog.getByText(/All \d+ hosts/).count(), 0, 'the count is that of the text before')
      release()
      await status.filter({ hasText: 'Not everything could be searched' }).waitFor()
      assert.equal(await dialog.getByText('Nothing is called').count(), 0, 'nobody knows that')

      await visited.alter('Palette', (json) => {
        json.data = null
        return [{ message: 'busy', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]
      })
      await dialog.getByRole('combobox').fill('that is nobody either')
      await dialog.getByText('The gateway has failed.').waitFor()
      assert.doesNotMatch(await status.innerText(), /Searching|Nothing/)
    },

    async 'lists its keys, and switches off those that are letters'(harness) {
      const visited = await harness.visit(await harness.world(), '/')
      const { page } = visited
      const dialog = page.getByRole('dialog')
      await tabs(page, 4, 'the frame')
      const before = await focused(page, 'what has the focus')
      for (const key of ['Control+k', '?']) {
        await page.keyboard.press(key)
        await dialog.waitFor()
        await page.waitForFunction(() => document.activeElement.closest('[role=dialog]') !== null)
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })
        assert.equal(await focused(page, `what had the focus before ${key}`), before)
      }
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      await checkPage(visited, 'the sheet of keys')
      await page.getByLabel('Single letters are keys').uncheck()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await page.keyboard.press('t')
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'light')
      await page.keyboard.press('Control+k')
      await dialog.getByRole('combobox').waitFor()
    },

    async 'remembers theme and language, and begins in them'(harness) {
      const visited = await harness.visit(await harness.world(), '/')
      const { page } = visited
      await page.keyboard.press('t')
      await page.getByRole('button', { name: '切换到中文' }).click()
      await heading(page, '总览')
      assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN')
      // Before anything of the page runs but what stands in its head.
      await page.reload({ waitUntil: 'commit' })
      await page.waitForFunction(() => document.body !== null)
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark')
      await heading(page, '总览')
      const kept = await page.evaluate(() => Object.keys(localStorage).toSorted())
      assert.deepEqual(kept, ['opsgraph.language', 'opsgraph.theme'], 'nothing else is kept')
    },

    async 'chooses a range into the address, also one between two times'(harness) {
      const visited = await harness.visit(await harness.world(), '/')
      const { page } = visited
      await page.getByRole('button', { name: /^Time range/ }).click()
      await page.getByRole('button', { name: 'Last 24 h' }).click()
      assert.equal(new URL(page.url()).searchParams.get('range'), '24h')
      await page.getByRole('button', { name: /^Time range: Last 24 h/ }).click()
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByRole('combobox').waitFor()
      await page.getByRole('dialog', { name: 'Time range' }).waitFor({ state: 'hidden' })
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').getByRole('combobox').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: /^Time range: Last 24 h/ }).click()
      await page.getByLabel('From').fill('2026-01-05T08:00')
      await page.getByLabel('To', { exact: true }).fill('2026-01-05T07:00')
      await page.getByRole('button', { name: 'Show', exact: true }).click()
      await page.getByRole('alert').filter({ hasText: 'The end must be after the start' }).waitFor()
      await checkPage(visited, 'the picker of ranges')
      await page.getByLabel('To', { exact: true }).fill('2026-01-06T08:00')
      await page.getByRole('button', { name: 'Show', exact: true }).click()
      // By the clock of the site, which is eight hours ahead.
      assert.equal(new URL(page.url()).searchParams.get('range'), '2026-01-05T00:00:00Z..2026-01-06T00:00:00Z')
      await page.goBack()
      await page.getByRole('button', { name: /^Time range: Last 24 h/ }).waitFor()
    },

    async 'drops values that nobody understands, and says so'(harness) {
      const visited = await harness.visit(await harness.world(), '/?range=yesterday')
      const { page } = visited
      await visited.shows('“yesterday” is no range that this page knows')
      assert.equal(new URL(page.url()).search, '')
      await page.getByRole('button', { name: 'Hide' }).click()
      await page.getByText('yesterday').waitFor({ state: 'detached' })
      await page.keyboard.press('g')
      await page.keyboard.press('j')
      await heading(page, 'Jobs')
      // A page that was there before says so at once, and the frame does not forget it for being new.
      await page.evaluate(() => history.pushState(null, '', '/?range=tomorrow'))
      await visited.shows('“tomorrow” is no range that this page knows')
    },

    async 'copies its address where the browser has the old way only'(harness) {
      const visited = await harness.visit(await harness.world(), '/jobs')
      const { page } = visited
      await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })) // as by plain HTTP
      await page.keyboard.press('x')
      await visited.shows('The address is copied')

      // What lies over a page and can't be loaded takes nothing with it.
      visited.expect(/404|dynamically imported|preload/)
      await page.route('**/assets/palette-*', (route) => route.fulfill({ status: 404 }))
      await page.keyboard.press('Control+k')
      await visited.shows('A part of the console did not come')
      await heading(page, 'Jobs')
    },

    async 'searches for what an unknown path names'(harness) {
      const visited = await harness.visit(await harness.world(), '/servers/ecs_4')
      visited.expect(/404/)
      const { page } = visited
      assert.equal(await page.getByRole('dialog').getByRole('combobox').inputValue(), 'ecs_4')
      await page.keyboard.press('Escape')
      await heading(page, 'No such page')
      await visited.picture('missing-1440-light-en')
      await page.getByRole('link', { name: 'To the overview' }).click()
      await heading(page, 'Overview')
    },

    async 'works below the path of another server'(harness) {
      const world = await harness.newWorld({ hosts: 40, prefix: '/ops' })
      const { regions } = await world.data('{ regions { code nameEn } }')
      const visited = await harness.visit(world, `/regions/${regions[0].code}?tab=hosts`)
      const { page } = visited
      await heading(page, regions[0].nameEn)
      await page.keyboard.press('g')
      await page.keyboard.press('a')
      await page.waitForURL((url) => url.pathname === '/ops/alarms')
      await heading(page, 'Alarms')
      await page.reload()
      await heading(page, 'Alarms')
      assert.match(await page.locator('nav a', { hasText: 'Playground' }).getAttribute('href'), /^\/ops\/playground$/)
    },

    async 'keeps the ways of a phone within reach'(harness) {
      const visited = await harness.visit(await harness.world(), '/', { width: 390 })
      const { page } = visited
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('button', { name: 'Upstream' }).click()
      await heading(page, 'Upstream')
      await page.getByRole('link', { name: 'Capacity' }).click()
      await heading(page, 'Capacity')
    },
  },
}
