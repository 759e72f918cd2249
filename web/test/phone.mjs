// The page on a small screen: one pane at a time, nothing wider than the screen, everything large enough for a finger.
import assert from 'node:assert/strict'

import { answer, editor, panel, shows, type } from './steps.mjs'

/** phone are the settings of the browser for it. */
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }

const pane = (page, name) => page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name, exact: true })

/** fits fails where something of the page is wider than the screen, or too small or too near to its edge to be pressed. */
export async function fits(page, state) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const faults = []
    for (const element of [document.documentElement, document.body]) {
      if (element.scrollWidth > width) {
        faults.push(`the page is ${element.scrollWidth} wide`)
      }
    }
    let judged = 0
    // Links within a text are exempt from the size of targets, and the editor's own parts are no targets.
    for (const target of document.querySelectorAll('button, select, summary, input:not([type=radio]), .playground-panel label')) {
      if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || target.closest('.monaco-editor') !== null) {
        continue
      }
      judged++
      const box = target.getBoundingClientRect()
      const name = target.getAttribute('aria-label') ?? target.textContent.trim().slice(0, 30)
      if (box.width < 43.9 || box.height < 43.9) {
        faults.push(`${name}: ${box.width} × ${box.height}`)
      }
      const scrolls = target.closest('.graphiql-tabs, .playground-scroll')
      if (scrolls === null && (box.left < 0 || box.right > width)) {
        faults.push(`${name}: from ${box.left} to ${box.right}`)
      }
    }
    return { faults, judged }
  })
  assert.deepEqual(found.faults, [], `${state} at 390 px`)
  assert.ok(found.judged >= 8, `${found.judged} targets in ${state}`)
}

/** wide fails unless an element has the screen's width and a good part of its height. */
async function wide(locator, state) {
  const box = await locator.boundingBox()
  assert.ok(box !== null && box.width >= 370 && box.height >= 400, `${state}: ${JSON.stringify(box)}`)
}

/** usesAPhone goes through all panes and panels, and judges each. */
export async function usesAPhone(page, judge) {
  await editor(page).waitFor()
  await page.locator('.graphiql-sidebar button:not([disabled])[aria-label^="Re-fetch"]').waitFor()
  const reaches = async (state, element) => {
    await fits(page, state)
    if (element !== undefined) {
      await wide(element, state)
    }
    await judge(page, `${state} on a phone`)
  }
  await reaches('query', editor(page))
  await pane(page, 'Variables').click()
  await reaches('variables', page.locator('.graphiql-editor-tool .monaco-editor').first())
  await page.getByRole('button', { name: 'Headers', exact: true }).click()
  await shows(page.locator('.graphiql-editor-tool .view-lines'), 'X-HCSO-Domain-Id')
  await pane(page, 'Query').click()
  await type(page, '{ hosts(first: 200) { totalCount nodes { name memoryGib region { code } ')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Enter')
  await shows(answer(page), '"totalCount"') // running leads to the answer
  await page.getByRole('status', { name: 'The last request' }).filter({ hasText: 'HTTP 200' }).waitFor()
  await reaches('answer', page.locator('.result-window'))
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await reaches('table', page.getByRole('region', { name: 'Rows of hosts.nodes' }))
  await page.getByRole('button', { name: 'Events', exact: true }).click()
  await reaches('events')
  for (const name of ['Documentation Explorer', 'History', 'Answer', 'Code', 'Examples']) {
    await panel(page, name)
    await reaches(name, page.locator('.graphiql-plugin'))
  }
  await page.getByRole('button', { name: 'alarmchanges', exact: true }).click() // a new tab leads to its query
  await shows(editor(page).locator('.view-lines'), 'AlarmChanges')
  await wide(editor(page), 'an example')
  await fits(page, 'an example')
  for (let more = 0; more < 3; more++) {
    await page.getByRole('button', { name: 'New tab' }).click()
  }
  await page.waitForFunction(() => { // the tab that is seen is in sight
    const box = document.querySelector('.graphiql-tab-active').getBoundingClientRect()
    return document.querySelectorAll('.graphiql-tab').length === 5 && box.left >= 0 && box.right <= window.innerWidth
  })
  await page.getByRole('button', { name: 'Open settings dialog' }).click()
  await page.getByRole('dialog').waitFor()
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'the settings are wider than the screen')
  await page.keyboard.press('Escape')
}
