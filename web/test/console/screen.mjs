// What a page of the console shows: when it has come to rest, and how long it is.

/** settle waits until nothing is loading: no request under way for half a second, no bones. */
export async function settle(page) {
  await page.waitForLoadState('networkidle')
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** quiet waits likewise, but no longer than it must: until the page has its head, nothing is under way, and nothing loads any more. */
export async function quiet(page, flying) {
  const patience = Date.now() + 20_000
  for (let calm = 0; calm < 4; ) {
    const shown = await page
      .evaluate(() => document.querySelector('h1') !== null && document.querySelector('[aria-busy="true"]') === null)
      .catch(() => false) // it is on its way to another page
    calm = shown && flying() === 0 ? calm + 1 : 0
    if (Date.now() > patience) {
      throw new Error(`${page.url()} does not come to rest: ${flying()} requests under way`)
    }
    await page.waitForTimeout(30)
  }
}

/** lengthen makes the screen as high as the page is long: what scrolls is its main part, of which pictures would show one screen. */
export async function lengthen(page) {
  const { width } = page.viewportSize()
  const height = await page.evaluate(() => {
    const main = document.querySelector('main')
    return main === null ? document.documentElement.scrollHeight : window.innerHeight - main.clientHeight + main.scrollHeight
  })
  await page.setViewportSize({ width, height })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}
