// Uses the console in Chromium: node test/console/run.mjs --worlds URL [--pictures FOLDER] [--only alarms,hosts]. internal/e2e/console
// runs it and makes the worlds. Over a gateway, or a development server, that runs already it does what needs no world of its own:
//
//   node test/console/run.mjs --at http://127.0.0.1:5173/ --only alarms
import { parseArgs } from 'node:util'

import { readdir } from 'node:fs/promises'

import { Harness, openChromium } from './harness.mjs'
import { checkColours, checkPage, fits } from './checks.mjs'

const { values } = parseArgs({
  options: { worlds: { type: 'string' }, at: { type: 'string' }, pictures: { type: 'string' }, only: { type: 'string' } },
})
const chosen = values.only?.split(',')
const tools = ['run.mjs', 'harness.mjs', 'world.mjs', 'checks.mjs', 'screen.mjs', 'look.mjs', 'bench.mjs']

/** inEnglish are the pages that are pictured in English too; all are looked at in it on a phone. */
const inEnglish = ['overview', 'alarms']

/** suites are the modules beside this one, each of which tests a page or something of all: `{ name, page, tests }`. */
async function suites() {
  const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.mjs') && !tools.includes(name))
  const modules = await Promise.all(files.map((file) => import(`./${file}`)))
  return modules.map((module) => module.default).filter((suite) => chosen === undefined || chosen.includes(suite.name))
}

/**
 * lookedAt are the tests that a page gets of itself. At each width it is loaded once, checked in both themes, compared with the API
 * (`figures`) and pictured; then once more in English: on a phone, and where it is pictured.
 */
function lookedAt(harness, { name, page: { route, ready, figures, world: settings } }) {
  const looks = async (width) => {
    const world = await harness.world(settings)
    const address = typeof route === 'function' ? await route(world) : route
    const visited = await harness.visit(world, address, { width, lang: 'zh', shared: true })
    await ready?.(visited)
    for (const theme of ['light', 'dark']) {
      await visited.page.emulateMedia({ colorScheme: theme })
      await (theme === 'light' ? checkPage : checkColours)(visited, `${name} at ${width}, ${theme}, zh`)
      await visited.picture(`${name}-${width}-${theme}-zh`)
    }
    await figures?.(visited, { width, lang: 'zh' })
    if (width === 1440 && !inEnglish.includes(name)) {
      return // where English is too long it is so on a phone
    }
    const english = await harness.visit(world, address, { width, lang: 'en', shared: true })
    await ready?.(english)
    await english.settle()
    await fits(english.page, `${name} at ${width}, light, en`)
    if (inEnglish.includes(name)) {
      await english.picture(`${name}-${width}-light-en`)
    }
    await figures?.(english, { width, lang: 'en' })
  }
  return { 'looks right at 1440': () => looks(1440), 'looks right at 390': () => looks(390) }
}

const began = Date.now()
const failed = []
let passed = 0

/** run makes the tests of a suite, one after the other. */
async function run(suite, harness) {
  const tests = { ...(suite.page === undefined ? {} : lookedAt(harness, suite)), ...(harness.brokenWorlds ? suite.tests : {}) }
  for (const [name, test] of Object.entries(tests)) {
    const start = Date.now()
    try {
      await test(harness)
      await harness.done()
      passed++
      console.log(`ok ${suite.name}: ${name} (${Date.now() - start} ms)`)
    } catch (error) {
      failed.push(`${suite.name}: ${name}`)
      const told = await harness.abandon(`${suite.name} ${name}`)
      console.log(`FAILED ${suite.name}: ${name} (${Date.now() - start} ms)\n${error.stack}\n${told.join('\n')}`)
    }
  }
}

// Pages wait a good part of their time: several suites share the browser.
const beside = 3
const browser = await openChromium()
try {
  const left = (await suites()).toSorted((a, b) => Object.keys(b.tests).length - Object.keys(a.tests).length)
  await Promise.all(
    Array.from({ length: beside }, async () => {
      for (let suite = left.shift(); suite !== undefined; suite = left.shift()) {
        const harness = new Harness({ browser, control: values.worlds, at: values.at, pictures: values.pictures })
        await run(suite, harness)
        await harness.end()
      }
    }),
  )
} finally {
  await browser.close()
}
if (failed.length > 0 || passed === 0) {
  console.log(`${failed.length} tests failed, ${passed} passed: ${failed.join('; ')}`)
  process.exit(1)
}
console.log(`${passed} tests passed in ${((Date.now() - began) / 1000).toFixed(1)} s`)
