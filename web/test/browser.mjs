import assert from 'node:assert/strict'

import { chromium } from 'playwright-core'

/**
 * openBrowser starts Chromium so that it reaches one host and no other, and notes what goes wrong in its pages. Settings are those of its
 * screen where it is not a large one.
 */
export async function openBrowser(host, settings = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium has no sandbox for root, and tests run as root in containers.
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  })
  const permissions = ['clipboard-read', 'clipboard-write']
  const context = await browser.newContext({ viewport: { width: 1400, height: 800 }, colorScheme: 'light', permissions, ...settings })
  context.setDefaultTimeout(60_000)
  const faults = []
  const requests = []
  context.on('request', (request) => requests.push(request.url()))
  context.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`))
  context.on('weberror', (error) => faults.push(`uncaught: ${error.error().stack}`))
  context.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return {
    async open(address) {
      const page = await context.newPage()
      await page.goto(address)
      return page
    },
    /** assertClean fails if a page reported an error, or asked anybody but the gateway for anything. */
    assertClean() {
      assert.deepEqual(faults, [], 'no error in the console')
      const outside = requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== host)
      assert.deepEqual(outside, [], 'no request to another host')
      assert.ok(requests.length > 5, `${requests.length} requests were seen`)
    },
    /** picture keeps what the last page shows, for whoever looks into a failure; no name, no picture. */
    async picture(file) {
      if (file !== undefined) {
        await context.pages().at(-1)?.screenshot({ path: file })
      }
    },
    close: () => browser.close(),
  }
}
