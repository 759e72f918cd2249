// What a page of the console shows: when it has come to rest, and how long it is.

/** settle waits until nothing is loading: no request under way for half a second, no bones. */
export async function settle(page) {
  await page.waitForLoadState('networkidle')
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
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
