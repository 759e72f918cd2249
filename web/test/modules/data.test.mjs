// What the console makes of answers: problems told once, when to ask again, and documents as they are sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { group, isMissing, isStale, moved, waitFor } = await load('console/data/problems.ts')
const { Away, ask, bodyOf } = await load('console/data/ask.ts')
const { tryAgain, waits } = await load('console/data/gateway.ts')
const { compact } = await load('wire/compact.ts')

const at = Date.parse('2026-11-21T10:00:00Z')

function fault(path, operation, code, more = {}) {
  return {
    message: `${code} of ${operation}`,
    path,
    extensions: { code, retryable: true, requestId: 'R1', upstream: { operation }, ...more },
  }
}

test('errors of one call are one problem, with all that it takes away', () => {
  const problems = group({
    faults: [
      fault(['regions', 0, 'hosts'], 'listHostDetails', 'UPSTREAM_TIMEOUT', { retryAfterMs: 2_000 }),
      fault(['regions', 1, 'hosts'], 'listHostDetails', 'UPSTREAM_TIMEOUT', { retryAfterMs: 5_000 }),
      fault(['alarms'], 'listDeviceAlarms', 'UPSTREAM_TIMEOUT', { retryable: false }),
      fault(['hosts'], 'listHostDetails', 'UPSTREAM_REJECTED', { retryable: false }),
    ],
    requestId: 'R0',
    at,
  })
  assert.deepEqual(
    problems.map(({ operation, code, retryable, paths }) => [operation, code, retryable, paths]),
    [
      ['listHostDetails', 'UPSTREAM_TIMEOUT', true, ['regions.0.hosts', 'regions.1.hosts']],
      ['listDeviceAlarms', 'UPSTREAM_TIMEOUT', false, ['alarms']],
      ['listHostDetails', 'UPSTREAM_REJECTED', false, ['hosts']],
    ],
  )
  assert.equal(problems[0].retryAt, at + 5_000, 'not before the last of them')
  assert.equal(problems[0].requestId, 'R1')
})

test('an error without a call or a code is the gateway’s own', () => {
  const [problem] = group({ faults: [{ message: 'x' }], requestId: 'R0', at })
  assert.deepEqual(problem, {
    operation: '',
    code: 'INTERNAL_SERVER_ERROR',
    message: 'x',
    retryable: false,
    retryAt: undefined,
    requestId: 'R0',
    paths: [],
  })
})

test('a null below what failed is missing, and others are nothing', () => {
  const problems = group({ faults: [fault(['region', 'hosts'], 'listHostDetails', 'UPSTREAM_TIMEOUT')], requestId: '', at })
  assert.ok(isMissing(problems, 'region.hosts'))
  assert.ok(isMissing(problems, 'region.hosts.totalCount'))
  assert.ok(!isMissing(problems, 'region'))
  assert.ok(!isMissing(problems, 'region.hostsOfOthers'))
  const lists = group({ faults: [fault(['regions', 3, 'hosts'], 'listHostDetails', 'UPSTREAM_TIMEOUT')], requestId: '', at })
  assert.ok(isMissing(lists, 'regions.*.hosts'))
  assert.ok(!isMissing(lists, 'regions.2.hosts'))
  assert.ok(!isMissing([], 'region.hosts'))
})

test('what failed is asked again when the gateway says, else less and less often', () => {
  const once = (more) => group({ faults: [fault(['a'], 'o', 'C', more)], requestId: '', at })
  assert.equal(waitFor(once({ retryable: false }), at, 1), undefined)
  assert.equal(waitFor(once({ retryAfterMs: 12_000 }), at, 1), 12_000)
  assert.equal(waitFor(once({ retryAfterMs: 12_000 }), at + 11_900, 1), 1_000, 'never at once')
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((failures) => waitFor(once({}), at, failures)),
    [5_000, 10_000, 20_000, 40_000, 60_000, 60_000],
  )
})

test('data are old with a reason, or after three times the time for which they are fresh', () => {
  const alarms = (seconds, stale, reason = null) => {
    return isStale({ operation: 'listDeviceAlarms', oldest: new Date(at - seconds * 1000).toISOString(), stale, reason }, at)
  }
  assert.ok(!alarms(31, true))
  assert.ok(!alarms(90, true))
  assert.ok(alarms(91, true))
  assert.ok(!alarms(91, false), 'a subscription may keep them without a new reading')
  assert.ok(alarms(1, false, 'UPSTREAM_TIMEOUT'))
})

test('a document is sent without what only readers need, and means the same', () => {
  const document = `
    query A($f: Filter = {a: [1, 2]}, $n: [Int!]!, $after: String) {
      alarms(filter: $f, first: 1) @include(if: $b) {
        nodes { ...Row ... on X { y } }
      }
    }
    fragment Row on Alarm {
      id
      name
    }
  `
  assert.equal(
    compact(document),
    'query A($f:Filter={a:[1,2]},$n:[Int!]!,$after:String){alarms(filter:$f,first:1)@include(if:$b){nodes{...Row ... on X{y}}}}' +
      'fragment Row on Alarm{id name}',
  )
  assert.equal(compact('{ a(b: "x  y") }\n'), '{ a(b: "x  y") }', 'spaces of a literal count')
  assert.equal(compact('{ a # b\n }'), '{ a # b\n }', 'a comment ends with its line')
})

test('an answer is what has data, or a list of errors: a proxy speaks JSON, too', () => {
  for (const text of ['{"data":null}', '{"data":{"a":1},"errors":[{"message":"x"}]}', '{"errors":[{"message":"x"}]}']) {
    assert.deepEqual(bodyOf(text), JSON.parse(text), text)
  }
  for (const text of ['{"message":"Forbidden"}', 'null', '[]', '"data"', '{"errors":"x","data":{}}', '<html>', '']) {
    assert.equal(bodyOf(text), undefined, text)
  }
})

test('an error of a later page tells the place of its row in the whole list', () => {
  const path = (one) => moved({ message: 'x', path: one }, 100).path
  assert.deepEqual(path(['jobs', 'nodes', 3, 'job']), ['jobs', 'nodes', 103, 'job'])
  assert.deepEqual(path(['regions', 1, 'hosts', 2]), ['regions', 101, 'hosts', 2])
  assert.deepEqual(path(['jobs']), ['jobs'])
  assert.equal(path(undefined), undefined)
})

const question = { toString: () => 'query Q { __typename }' }

/** silent has no request answered: each ends with its signal alone. It gives the time limits that were set, and what lets them pass. */
function silent(t) {
  const limits = []
  globalThis.document = { baseURI: 'http://gateway.invalid/' }
  t.after(() => delete globalThis.document)
  t.mock.method(AbortSignal, 'timeout', (milliseconds) => {
    const control = new AbortController()
    limits.push({ milliseconds, pass: () => control.abort(new DOMException('', 'TimeoutError')) })
    return control.signal
  })
  t.mock.method(globalThis, 'fetch', async (_, { signal }) => {
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  })
  return limits
}

test('a request that is never answered ends, and the gateway counts as away', async (t) => {
  const limits = silent(t)
  const given = new AbortController()
  const [late, left] = [ask(question, {}), ask(question, {}, { signal: given.signal })]
  assert.ok(limits[0].milliseconds > 5_000, 'the gateway’s own deadline comes first')
  limits[0].pass()
  await assert.rejects(late, Away)
  given.abort()
  await assert.rejects(left, { name: 'AbortError' })
})

test('a knock that is never answered is followed by the next one', async (t) => {
  const limits = silent(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const knock = tryAgain()
  assert.ok(limits[0].milliseconds <= 10_000, 'a reader waits for it')
  limits[0].pass()
  await knock
  t.mock.timers.tick(waits[0] * 1000)
  assert.equal(limits.length, 2)
})
