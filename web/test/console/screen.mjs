// What a page of the console shows: when it has come to rest, and how long it is.

/** watch counts the requests of a page that are under way. */
export function watch(page) {
  const flying = new Set()
  page.on('request', (request) => flying.add(request))
  for (const end of ['requestfinished', 'requestfailed']) {
    page.on(end, (request) => flying.delete(request))
  }
  page.on('framenavigated', () => flying.clear()) // what the page before had asked may never end
  return () => flying.size
}

// Runs in the page: its head is there, nothing loads, nothing moves but what moves for ever.
function isShown() {
  const moves = document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
  return document.querySelector('h1') !== null && document.querySelector('[aria-busy="true"]') === null && !moves
}

/** settle waits until the page has its head, nothing is under way and nothing loads, several times in a row. */
export async function settle(page, flying, times = 4) {
  const patience = Date.now() + 60_000
  for (let calm = 0; calm < times; ) {
    const shown = await page.evaluate(isShown).catch(() => false) // it is on its way to another page
    calm = shown && flying() === 0 ? calm + 1 : 0
    if (Date.now() > patience) {
      throw new Error(`${page.url()} does not come to rest: ${flying()} requests under way`)
    }
    await page.waitForTimeout(30)
  }
}

/** longest is how much of a page a picture shows, in pixels: a list of hundreds of rows looks the same further down. */
const longest = 3_000

/** lengthen makes the screen as high as the page is long: what scrolls is its main part, of which pictures would show one screen. */
export async function lengthen(page) {
  const { width } = page.viewportSize()
  const height = await page.evaluate(() => {
    const main = document.querySelector('main')
    return main === null ? document.documentElement.scrollHeight : window.innerHeight - main.clientHeight + main.scrollHeight
  })
  await page.setViewportSize({ width, height: Math.min(height, longest) })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/** jumps runs in the page: it goes to 120 places of a long list, and looks at each frame whether rows are where the screen is. */
export function jumps() {
  const main = document.querySelector('main')
  const rows = () => [...document.querySelectorAll('[role=row][aria-rowindex]')]
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const blank = () => {
    const middle = main.getBoundingClientRect().top + main.clientHeight / 2
    return !rows().some((row) => row.getBoundingClientRect().top <= middle && row.getBoundingClientRect().bottom >= middle)
  }
  return (async () => {
    const took = []
    let [blanks, most] = [0, 0]
    for (let at = 0; at < 120; at++) {
      const start = performance.now()
      main.scrollTop = ((at * 7919) % 120) / 120 * (main.scrollHeight - main.clientHeight)
      await frame()
      took.push(performance.now() - start)
      blanks += blank() ? 1 : 0
      most = Math.max(most, rows().length)
    }
    return { took, blanks, most, rows: Number(document.querySelector('[role=table][aria-rowcount]')?.getAttribute('aria-rowcount') ?? 1) - 1 }
  })()
}
