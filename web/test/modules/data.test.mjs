// What the console makes of answers: problems told once, when to ask again, and documents as they are sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { group, isMissing, isStale, moved, staleOf, waitFor } = await load('console/data/problems.ts')
const { placed, withPage } = await load('console/data/pages.ts')
const { Question } = await load('console/data/question.ts')
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

test('what nobody asked for a while is told to be old when it stays so, and at once with a reason', () => {
  const old = { operation: 'listDeviceAlarms', oldest: new Date(at - 91_000).toISOString(), stale: true, reason: null }
  const failed = { ...old, operation: 'listHostDetails', reason: 'UPSTREAM_TIMEOUT' }
  assert.deepEqual(staleOf([old, failed], at, false), [failed])
  assert.deepEqual(staleOf([old, failed], at, true), [old, failed])
})

test('a later page of a list that is old makes the list old', () => {
  const asked = { id: undefined, cap: 1_000, late: true }
  const page = (row) => ({ totalCount: 2, pageInfo: { hasNextPage: row === 0 }, nodes: [row] })
  const answer = (seconds) => {
    const freshness = [{ operation: 'listHostDetails', oldest: new Date(at - seconds * 1000).toISOString(), stale: seconds > 60, reason: null }]
    return { data: {}, faults: [], freshness, warnings: [], requestId: '', status: 200, at }
  }
  const none = { rows: [], problems: [], warnings: [], ages: [], stale: [] }
  const first = withPage(none, page(0), answer(59), asked)
  assert.deepEqual(first.stale, [])
  const { rows, stale } = withPage(first, page(1), answer(181), asked)
  assert.deepEqual(rows, [0, 1])
  assert.deepEqual(stale, answer(181).freshness)
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
  const path = (one) => moved({ message: 'x', path: one }, (row) => 100 + row).path
  assert.deepEqual(path(['jobs', 'nodes', 3, 'job']), ['jobs', 'nodes', 103, 'job'])
  assert.deepEqual(path(['regions', 1, 'hosts', 2]), ['regions', 101, 'hosts', 2])
  assert.deepEqual(path(['jobs']), ['jobs'])
  assert.equal(path(undefined), undefined)
})

test('a row that came on two pages is there once, and errors find their rows all the same', () => {
  const seen = new Map()
  const id = (row) => row
  assert.deepEqual(placed(['a', 'b'], 0, id, seen), { rows: ['a', 'b'], places: [0, 1] })
  assert.deepEqual(placed(['b', 'c', 'c', 'd'], 2, id, seen), { rows: ['c', 'd'], places: [1, 2, 2, 3] })
  assert.deepEqual(placed(['a', 'a'], 4, undefined, seen), { rows: ['a', 'a'], places: [4, 5] })
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

/** answered has requests answered one by one, as a test says. It gives those that were sent, with what answers them. */
function answered(t) {
  const sent = []
  globalThis.document = { baseURI: 'http://gateway.invalid/', visibilityState: 'visible' }
  t.after(() => delete globalThis.document)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(globalThis, 'fetch', async (_, { signal }) => {
    return new Promise((answer, reject) => {
      sent.push({ signal, answer: (body) => answer(Response.json(body)) })
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  })
  return sent
}

/** turn lets run what waits for an answer that is there. */
const turn = () => new Promise((done) => setImmediate(done))

test('changes that come faster than answers do not keep answers away', async (t) => {
  const sent = answered(t)
  const one = new Question(question, {})
  const leave = one.follow(() => {})
  one.again()
  one.again()
  assert.deepEqual([sent.length, sent[0].signal.aborted], [1, false])
  sent[0].answer({ data: { __typename: 'Query' } })
  await turn()
  assert.deepEqual(one.held.data, { __typename: 'Query' })
  t.mock.timers.tick(0)
  assert.equal(sent.length, 2, 'what changed meanwhile is asked once more')
  one.again(10)
  assert.deepEqual([sent.length, sent[1].signal.aborted], [3, true], 'who wants newer data waits for no older ones')
  sent[2].answer({ data: { __typename: 'Query' } })
  await turn()
  t.mock.timers.tick(60_000)
  assert.equal(sent.length, 3)
  leave()
})

test('what failed is not asked before its time because a page asks often', async (t) => {
  const sent = answered(t)
  const one = new Question(question, {})
  const leave = one.follow(() => {})
  sent[0].answer({ errors: [{ message: 'x', extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', retryable: true, retryAfterMs: 40_000 } }] })
  await turn()
  one.poll()
  t.mock.timers.tick(39_000)
  one.poll()
  assert.equal(sent.length, 1)
  t.mock.timers.tick(1_000)
  assert.equal(sent.length, 2)
  sent[1].answer({ data: { __typename: 'Query' } })
  await turn()
  one.poll()
  assert.equal(sent.length, 3)
  leave()
})
