import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'

import { chromium } from 'playwright-core'

import { lengthen, settle, watch } from './screen.mjs'
import { World, makeWorld } from './world.mjs'

// What a page runs before its own scripts: the world's clock, and reports of its policy told as errors.
function prepare(lag) {
  const Real = Date
  globalThis.Date = class Date extends Real {
    constructor(...values) {
      values.length === 0 ? super(Real.now() + lag) : super(...values)
    }
    static now() {
      return Real.now() + lag
    }
  }
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`)
  })
}

const locales = { zh: 'zh-CN', en: 'en-GB' }

// Chromium without a window takes a third less of the machine: the other one draws its own frame around each page.
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

/** openChromium starts the browser of all tests, which reaches this machine alone. */
export function openChromium() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? browsers.find((file) => existsSync(file)) ?? 'chromium',
    // Chromium has no sandbox for root, and tests run as root in containers.
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  })
}

/** Harness is what the tests of a suite share: worlds, and pages that are watched. Several work beside one another in one browser. */
export class Harness {
  #browser
  #open = []
  #worlds = new Map()
  #contexts = new Map()

  constructor({ browser, control, at, pictures }) {
    this.#browser = browser
    this.control = control
    this.at = at
    this.pictures = pictures
  }

  /** brokenWorlds is whether worlds can be made and broken: not over a gateway that runs already. */
  get brokenWorlds() {
    return this.control !== undefined
  }

  /**
   * world is a world by its settings. Tests of a suite that ask for the same one get the same one: what breaks a world asks for a new one.
   * Suites share none: together they would spend the quota of a minute.
   */
  async world(settings = { hosts: 200 }) {
    if (this.at !== undefined) {
      return new World({ url: this.at, now: new Date().toISOString(), name: '' })
    }
    const key = JSON.stringify(settings)
    if (!this.#worlds.has(key)) {
      this.#worlds.set(key, makeWorld(this.control, settings))
    }
    return this.#worlds.get(key)
  }

  /** newWorld is a world of a test's own. */
  newWorld(settings = {}) {
    return makeWorld(this.control, settings)
  }

  /**
   * visit opens a route and waits until it is at rest. Its browser context is its own, so that nothing is remembered, unless it is `shared`:
   * then files that the browser holds need not be loaded again. quick does not wait.
   * What goes wrong in the page is noted: `visited.expect(/…/)` says what must not count, and `done` fails for all else.
   */
  async visit(world, route, { width = 1440, theme = 'light', lang = 'en', quick = false, shared = false, ...settings } = {}) {
    const context = await this.#contextOf(world, shared, { width, theme, lang, settings })
    const page = await context.newPage()
    const visited = new Visit(page, world, this.pictures)
    this.#open.push(visited)
    await page.goto(world.href(route))
    if (!quick) {
      await visited.settle()
    }
    return visited
  }

  async #contextOf(world, shared, { width, theme, lang, settings }) {
    const phone = width < 720
    const key = `${world.url} ${width} ${lang}`
    if (shared && this.#contexts.has(key)) {
      return this.#contexts.get(key)
    }
    const context = await this.#browser.newContext({
      viewport: { width, height: phone ? 844 : 900 },
      colorScheme: theme,
      locale: locales[lang],
      timezoneId: 'Asia/Shanghai',
      hasTouch: phone,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...settings,
    })
    context.setDefaultTimeout(60_000)
    await context.addInitScript(prepare, world.lag)
    if (shared) {
      this.#contexts.set(key, context)
    }
    return context
  }

  #leave({ page }) {
    return [...this.#contexts.values()].includes(page.context()) ? page.close() : page.context().close()
  }

  /** end closes what pages shared. */
  async end() {
    await Promise.all([...this.#contexts.values()].map((context) => context.close()))
    this.#contexts.clear()
  }

  /** done closes what a test has opened, and fails where anything went wrong in there. */
  async done() {
    const faults = []
    for (const visited of this.#open.splice(0)) {
      faults.push(...visited.faults())
      await this.#leave(visited)
    }
    assert.deepEqual(faults, [], 'nothing goes wrong in the page')
  }

  /** forget closes what was opened, whatever went wrong in there. */
  async forget() {
    await Promise.all(this.#open.splice(0).map((visited) => this.#leave(visited)))
  }

  /** abandon closes what a test that failed has opened, and keeps a picture of its last page. */
  async abandon(name) {
    const [last] = this.#open.slice(-1)
    const told = last?.faults() ?? []
    const file = this.pictures === undefined ? undefined : path.join(this.pictures, `failed-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`)
    await last?.page.screenshot({ path: file, timeout: 5_000 }).catch(() => undefined) // a page that hangs has none
    await Promise.all(this.#open.splice(0).map((visited) => this.#leave(visited)))
    return [...told, ...(file === undefined ? [] : [`picture: ${file}`])]
  }
}

/** Visit is a page that is open, and what was seen of it. */
export class Visit {
  #faults = []
  #expected = []
  #asked = []
  #flying

  constructor(page, world, pictures) {
    this.page = page
    this.world = world
    this.pictures = pictures
    page.on('console', (message) => message.type() === 'error' && this.#faults.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => this.#faults.push(`uncaught: ${error.stack}`))
    page.on('dialog', (dialog) => {
      this.#faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    this.#flying = watch(page)
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (!/^(data|blob):$/.test(url.protocol) && url.host !== world.host) {
        this.#faults.push(`request to another host: ${url}`)
      }
      if (url.pathname.endsWith('/graphql')) {
        this.#asked.push(request)
      }
    })
  }

  /** expect lets faults of this form pass: those that a test brings about, such as a refused connection. */
  expect(pattern) {
    this.#expected.push(pattern)
  }

  faults() {
    return this.#faults.filter((one) => !this.#expected.some((pattern) => pattern.test(one)))
  }

  /** asked is the last request that the page made of an operation by its name: {query, variables}. */
  asked(name) {
    const bodies = this.#asked.map(bodyOf).filter((one) => one?.operationName === name || new RegExp(`^\\s*(query|mutation) ${name}\\b`).test(one?.query ?? ''))
    return bodies.at(-1) ?? assert.fail(`the page has not asked ${name}, but ${this.#asked.map((one) => bodyOf(one)?.operationName)}`)
  }

  /** answered is what the gateway answers to that same document, asked anew by a program: what the page must show. */
  async answered(name) {
    const { query, variables } = this.asked(name)
    return this.world.data(query, variables)
  }

  /** hold keeps back the requests in which something is found; what it returns lets them go. */
  async hold(pattern) {
    let release
    const promise = new Promise((resolve) => {
      release = resolve
    })
    await this.page.route('**/graphql*', async (route) => {
      if (pattern.test(JSON.stringify(bodyOf(route.request())))) {
        await promise
      }
      await route.fallback()
    })
    return release
  }

  /** alter changes what the gateway answers to an operation, as change does with the answer; it returns the errors. */
  async alter(name, change) {
    await this.page.route('**/graphql*', async (route) => {
      const body = bodyOf(route.request())
      if (body?.operationName !== name && !new RegExp(`^query ${name}\\b`).test(body?.query ?? '')) {
        return route.fallback()
      }
      const response = await route.fetch()
      const json = await response.json()
      const errors = change(json)
      return route.fulfill({ response, json: errors.length === 0 ? json : { ...json, errors } })
    })
  }

  /** shows waits for a text anywhere in an element. */
  async shows(text, within = 'body') {
    await this.page.locator(within).filter({ hasText: text }).first().waitFor()
  }

  /** settle waits until the page is at rest. */
  settle = () => settle(this.page, this.#flying)

  /** picture keeps the whole length of the page. */
  async picture(name) {
    if (this.pictures === undefined) {
      return
    }
    const size = this.page.viewportSize()
    await lengthen(this.page)
    await this.page.screenshot({ path: path.join(this.pictures, `${name}.png`) })
    await this.page.setViewportSize(size)
  }
}

/** bodyOf reads what a request asks, by POST or GET. */
function bodyOf(request) {
  if (request.method() === 'POST') {
    return request.postDataJSON()
  }
  const { query, operationName, variables } = Object.fromEntries(new URL(request.url()).searchParams)
  return query === undefined ? undefined : { query, operationName, variables: JSON.parse(variables ?? '{}') }
}
