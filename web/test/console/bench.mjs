// Prints how long the console takes, beside a page with nothing on it: node test/console/bench.mjs --worlds URL. Nothing is judged but
// what does not depend on the machine: how many rows are in the document, and whether any frame showed none.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

import { Harness, openChromium } from './harness.mjs'
import { jumps } from './screen.mjs'

const { values } = parseArgs({ options: { worlds: { type: 'string' }, rounds: { type: 'string', default: '5' } } })
const rounds = Number(values.rounds)
const browser = await openChromium()
const harness = new Harness({ browser, control: values.worlds })
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const ms = (value) => `${Math.round(value)} ms`
const print = (name, text) => console.log(`${name.padEnd(44)} ${text}`)

/** loads is how long it takes from going to a page until something is there, and when its first paint was. */
async function loads(page, address, there) {
  const start = performance.now()
  await page.goto(address, { waitUntil: 'commit' })
  await there(page)
  const took = performance.now() - start
  const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN)
  return { took, painted }
}

async function visits(world) {
  const blank = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><h1>blank</h1>'))
  await new Promise((resolve) => blank.listen(0, '127.0.0.1', resolve))
  const nothing = { url: `http://127.0.0.1:${blank.address().port}/`, host: `127.0.0.1:${blank.address().port}`, lag: 0, href: () => nothing.url }
  const [empty, first, repeated, painted] = [[], [], [], []]
  for (let round = 0; round < rounds; round++) {
    const bare = await harness.visit(nothing, '/', { quick: true })
    empty.push((await loads(bare.page, nothing.url, (page) => page.locator('h1').waitFor())).took)
    const opened = await harness.visit(nothing, '/', { quick: true }) // a context whose process runs, with nothing of the console in it
    const shown = (page) => page.getByRole('table').first().getByText('%').first().waitFor()
    const cold = await loads(opened.page, world.href('/'), shown)
    first.push(cold.took)
    painted.push(cold.painted)
    repeated.push((await loads(opened.page, world.href('/'), shown)).took)
    await harness.forget()
  }
  blank.close()
  print('a page with nothing on it', ms(median(empty)))
  print('overview, first visit to its figures', `${ms(median(first))}, ${(median(first) / median(empty)).toFixed(1)} × the blank page (bar 15)`)
  print('overview, repeated', `${ms(median(repeated))}, ${(median(repeated) / median(empty)).toFixed(1)} × (bar 8)`)
  print('overview, first contentful paint', ms(median(painted)))
}

async function changes() {
  const world = await harness.newWorld({ hosts: 20, environ: ['OPSGRAPH_AGES_ALARMS_FRESH=200ms', 'OPSGRAPH_QUOTA_MINUTE_LIMIT=100000'], quota: 'off' })
  const { regions } = await world.data('{ regions { code } }')
  const { page } = await harness.visit(world, '/alarms')
  await page.getByText('Live', { exact: true }).first().waitFor()
  const took = []
  for (let round = 0; round < rounds; round++) {
    const name = `bench ${round}`
    const start = performance.now()
    await world.change({ raiseAlarm: { source: 'DEVICE', region: regions[0].code, severity: 1, name } })
    // What is new waits above the list, or stands in it.
    await page.waitForFunction((text) => document.body.innerText.includes(text) || /\d+ new/.test(document.querySelector('main').innerText), name)
    took.push(performance.now() - start)
    await take(page, name)
  }
  print('change at the upstream until the page has it', `${ms(median(took))}, polled each 200 ms (bar 2 s from the event)`)
  await harness.forget()
}

/** take has what is new shown. */
async function take(page, name) {
  await page.keyboard.press('.')
  await page.getByText(name).first().waitFor()
  await page.waitForFunction(() => !/\d+ new/.test(document.querySelector('main').innerText))
}

async function lists() {
  const world = await harness.newWorld({ hosts: 5000, environ: ['OPSGRAPH_QUOTA_MINUTE_LIMIT=100000'], quota: 'off' })
  await world.data('{ alarms(first: 1) { totalCount } }')
  const start = performance.now()
  const { page, settle } = await harness.visit(world, '/alarms?state=all', { quick: true })
  await page.getByRole('row').nth(1).waitFor()
  const first = performance.now() - start
  await page.evaluate(() => (document.querySelector('main').scrollTop = 1e9)) // the last rows come last
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll('[role=row][aria-rowindex]')].at(-1)
    const count = document.querySelector('[role=table]').getAttribute('aria-rowcount')
    return last.getAttribute('aria-rowindex') === count && last.getAttribute('aria-busy') === null
  })
  const whole = performance.now() - start
  await settle()
  const { took, blanks, most, rows } = await page.evaluate(jumps)
  const empty = await harness.visit(world, '/alarms?q=no-such-alarm-anywhere', {})
  const idle = await empty.page.evaluate(jumps)
  const slowest = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length * 0.95)] ?? NaN
  print(`list of ${rows} alarms, first rows`, ms(first))
  print('  rows in the document at most', `${most} (bar 80)`)
  print('  blank frames in 120 jumps', `${blanks} (bar 0)`)
  print('  a jump, p95', `${ms(slowest(took))}, of an empty list ${ms(slowest(idle.took))} (bar 5 ×)`)
  print('  all rows there, after', ms(whole))
  await harness.forget()
  return most <= 80 && blanks === 0
}

try {
  await visits(await harness.world())
  await changes()
  process.exitCode = (await lists()) ? 0 : 1
} finally {
  await browser.close()
}
