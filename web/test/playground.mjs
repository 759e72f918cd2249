// Drives the playground of a running gateway in Chromium and fails with a message on the first thing that is not as it must be:
//
//	node test/playground.mjs http://127.0.0.1:8080 [flags]
//
// internal/gateway/playground_browser_test.go runs it. CHROMIUM names the browser, /usr/bin/chromium by default. The flags:
//
//	--live                        the gateway has subscriptions: follow a job by one
//	--plan                        the gateway plans: ask for a plan
//	--without-introspection URL   a gateway that answers no introspection
//	--picture FILE                takes the picture of the documentation
//	--failed-picture FILE         keeps what the page shows when something is not as it must be
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'

import { checkAccessibility } from './accessibility.mjs'
import { openBrowser } from './browser.mjs'
import * as steps from './steps.mjs'
import { followJob, followSubscription } from './subscription.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    live: { type: 'boolean' },
    plan: { type: 'boolean' },
    'without-introspection': { type: 'string' },
    picture: { type: 'string' },
    'failed-picture': { type: 'string' },
  },
})
const [gateway] = positionals
assert.ok(gateway, 'the address of a gateway is missing')

const browser = await openBrowser(new URL(gateway).host)
try {
  const page = await browser.open(`${gateway}/`)
  await steps.loads(page, gateway)
  await checkAccessibility(page, 'first screen')
  await steps.completesAndRuns(page)
  await steps.showsFreshness(page)
  await steps.explains(page)
  await checkAccessibility(page, 'an explained answer')
  if (values.plan) {
    await steps.plans(page)
  }
  await steps.opensAnExample(page)
  await checkAccessibility(page, 'examples')
  if (values.picture !== undefined) {
    await steps.poses(page)
    await page.screenshot({ path: values.picture })
  }
  await steps.listsHistory(page)
  await checkAccessibility(page, 'history')
  await steps.documents(page)
  await checkAccessibility(page, 'documentation')
  await steps.keepsHeadersToItself(page)
  await steps.darkens(page)
  await checkAccessibility(page, 'dark')
  await followSubscription(page)
  browser.assertClean()

  if (values.live) {
    await followJob(await browser.open(`${gateway}/playground`))
    browser.assertClean()
  }

  const hostile = await browser.open(`${gateway}/playground?query=</script><script>alert(1)</script>#</script>`)
  await steps.loads(hostile, gateway)
  browser.assertClean()

  if (values['without-introspection'] !== undefined) {
    const blind = await openBrowser(new URL(values['without-introspection']).host)
    try {
      await steps.tellsThatIntrospectionIsOff(await blind.open(`${values['without-introspection']}/playground`))
    } finally {
      await blind.close()
    }
  }
} catch (fault) {
  await browser.picture(values['failed-picture'])
  throw fault
} finally {
  await browser.close()
}
