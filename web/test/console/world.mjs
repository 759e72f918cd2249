// A world is a gateway with an upstream of its own, which the tests break as they like. internal/e2e/console makes them.
import assert from 'node:assert/strict'

export class World {
  /** A world that was made, with the address of whoever made it. */
  constructor(made, control) {
    this.url = made.url
    this.host = new URL(made.url).host
    this.now = Date.parse(made.now)
    this.began = Date.now()
    this.simulator = made.simulator
    this.control = control === undefined ? undefined : `${control}/worlds/${made.name}`
  }

  /** href is the address of a route, such as '/alarms?severity=CRITICAL', below the world's prefix. */
  href(route) {
    return this.url + route.replace(/^\//, '')
  }

  /** ask sends a document as a program does, and returns the whole answer. */
  async ask(query, variables = {}, headers = {}) {
    const answer = await fetch(this.href('graphql'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return answer.json()
  }

  /** data is what a document answers, which must be without errors. */
  async data(query, variables) {
    const answer = await this.ask(query, variables)
    assert.deepEqual(answer.errors ?? [], [], 'the gateway answers without errors')
    return answer.data
  }

  async #send(method, url, body) {
    const answer = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${await answer.clone().text()}`)
    return answer.status === 204 ? undefined : answer.json()
  }

  /** faults breaks the upstream from now on: [{operation, kind: 'status', status: 500}, …] as in docs of the simulator; [] mends it. */
  faults(list) {
    return this.#send('PUT', `${this.simulator}/_simulator/faults`, list)
  }

  /** change raises, changes or clears an alarm of the upstream, and returns what the simulator says: {csn}. */
  change(what) {
    return this.#send('POST', `${this.simulator}/_simulator/changes`, what)
  }

  /** calls counts the calls that the upstream has had, by operation. */
  calls() {
    return this.#send('GET', `${this.simulator}/_simulator/calls`)
  }

  /** advance moves the clock of the upstream and the gateway by a duration such as '90s'. Pages keep theirs until they load anew. */
  async advance(by) {
    const before = Number(/^(\d+)s$/.exec(by)?.[1] ?? assert.fail(`${by} is not in seconds`))
    await this.#send('POST', `${this.control}/advance?by=${by}`)
    this.now += before * 1000
  }

  /** cut ends all connections between browsers and the gateway; down lets none through any more, until up. */
  cut = () => this.#send('POST', `${this.control}/cut`)
  down = () => this.#send('POST', `${this.control}/down`)
  up = () => this.#send('POST', `${this.control}/up`)

  /** lag is how far the world's clock is ahead of that of this machine, in milliseconds. */
  get lag() {
    return this.now - this.began
  }
}

/** makeWorld asks the test for a world: {hosts, regions, seed, dataset, quota, still, unset, environ, faults, prefix}, see worlds_test.go. */
export async function makeWorld(control, settings) {
  const answer = await fetch(`${control}/worlds`, { method: 'POST', body: JSON.stringify(settings) })
  assert.ok(answer.ok, `a world: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
  return new World(await answer.json(), control)
}
