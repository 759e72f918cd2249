// Drives the playground of a running gateway in Chromium and fails with a message on the first thing that is not as it must be:
//
//	node test/playground.mjs http://127.0.0.1:8080 [flags]
//
// internal/e2e/clients/playground_test.go runs it. CHROMIUM names the browser, /usr/bin/chromium by default. The flags:
//
//	--without-introspection URL   a gateway that answers no introspection
//	--picture FILE                takes the picture of the documentation
//	--failed-picture FILE         keeps what the page shows when something is not as it must be
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'

import { checkAccessibility } from './accessibility.mjs'
import { openBrowser } from './browser.mjs'
import { copiesALink, givesCode, opensLinks, refusesBadLinks, runsAtOnce } from './handing.mjs'
import { phone, usesAPhone } from './phone.mjs'
import * as steps from './steps.mjs'
import { followJob, followSubscription } from './subscription.mjs'
import { goesByKeyboard, showsTables, tabsThrough, tellsFailures, tellsStatus } from './views.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'without-introspection': { type: 'string' },
    picture: { type: 'string' },
    'failed-picture': { type: 'string' },
  },
})
const [gateway] = positionals
assert.ok(gateway, 'the address of a gateway is missing')

let judged = 0
async function judge(page, state) {
  await checkAccessibility(page, state)
  judged++
}

const browser = await openBrowser(new URL(gateway).host)
try {
  const page = await browser.open(`${gateway}/playground`)
  await steps.loads(page, gateway)
  await judge(page, 'first screen')
  await steps.completesAndRuns(page)
  await steps.showsFreshness(page)
  await steps.explains(page)
  await steps.closesCompletions(page)
  await judge(page, 'an explained answer')
  await steps.plans(page)
  await steps.opensAnExample(page)
  await judge(page, 'examples')
  if (values.picture !== undefined) {
    await steps.poses(page)
    await page.screenshot({ path: values.picture })
  }
  await steps.listsHistory(page)
  await judge(page, 'history')
  await steps.documents(page)
  await judge(page, 'documentation')
  await steps.keepsHeadersToItself(page)
  await steps.darkens(page)
  await judge(page, 'dark')
  await followSubscription(page, judge)
  browser.assertClean()

  const handing = await browser.open(`${gateway}/playground`)
  await steps.loads(handing, gateway)
  await tabsThrough(handing)
  await opensLinks(handing, gateway)
  await copiesALink(handing)
  await givesCode(handing)
  await judge(handing, 'code')
  await refusesBadLinks(handing)
  await runsAtOnce(handing)
  await tellsStatus(handing)
  await showsTables(handing)
  await judge(handing, 'table')
  await goesByKeyboard(handing)
  browser.assertClean()

  await followJob(await browser.open(`${gateway}/playground`))
  browser.assertClean()

  const hostile = await browser.open(`${gateway}/playground?query=</script><script>alert(1)</script>#</script>`)
  await steps.loads(hostile, gateway)
  browser.assertClean()

  for (const colorScheme of ['light', 'dark']) {
    const small = await openBrowser(new URL(gateway).host, { ...phone, colorScheme })
    try {
      await usesAPhone(await small.open(`${gateway}/playground`), judge)
      small.assertClean()
    } catch (fault) {
      await small.picture(values['failed-picture'])
      throw fault
    } finally {
      await small.close()
    }
  }

  if (values['without-introspection'] !== undefined) {
    const blind = await openBrowser(new URL(values['without-introspection']).host)
    try {
      const page = await blind.open(`${values['without-introspection']}/playground`)
      await steps.tellsThatIntrospectionIsOff(page)
      await tellsFailures(page)
    } finally {
      await blind.close()
    }
  }
  console.log(
    'completion, answer, freshness, explanation, plan, examples, history, documentation, two subscriptions, links, code, status, tables, ' +
      `a phone; ${judged} states without a finding of axe`,
  )
} catch (fault) {
  await browser.picture(values['failed-picture'])
  throw fault
} finally {
  await browser.close()
}
