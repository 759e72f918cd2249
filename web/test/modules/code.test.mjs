// Runs what the playground gives out as code, and compares what a server then gets with what was in the editors.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { load } from './load.mjs'

const { languages, request } = await load('playground/code/code.ts')
const run = promisify(execFile)

const hard = `a(b: "it's \\"x\\" \\\\ \\n $HOME \${HOME} \`id\` $(id) %s %d !! 告警 😀 {{x}} <b>&amp;")`
const documents = {
  'one line': `query One($v: JSON) { ${hard} }`,
  lines: `# it's "one"\nquery Lines($v: JSON) {\n\t${hard}\n  c(d: """block "" 'x' \\""" """)\n}\n`,
  odd: `# a\r\nquery Odd {\r\n ${hard}\u2028\ufeff\x7f\0\x1b\n}"`,
  end: 'query End { a } # \\\n"""\\',
  ticks: '# ```\n{ a }\n',
}
const variables = JSON.stringify({ v: hard, n: [1.5, null, true, -3], 'ключ\u2028': { x: '"""\n\\' } })
const hostileVariables = '{"__proto__": {"x": 1}, "y": "\'"}'
const headers = '{"x-auth-token": "canary-token", "X-HCSO-Domain-Id": "canary-domain", "Empty": " ", "bad\\"name": "canary"}'

let server, endpoint, folder
let received = []
let reply = (response) => response.setHeader('Content-Type', 'application/json').end('{"data": {"a": "告警"}}')

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'code-'))
  server = createServer(async (message, response) => {
    let text = ''
    for await (const part of message.setEncoding('utf8')) {
      text += part
    }
    received.push({ method: message.method, path: message.url, headers: message.headers, body: JSON.parse(text) })
    reply(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${server.address().port}/it's/graphql`
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

/** present tells whether a program is on this machine. */
const present = async (name, argument) => run(name, [argument]).then(() => true, () => false)

/** runners write a program into a folder and return how it is run. Python and Go may be missing. */
const runners = {
  curl: async (_, code) => ['sh', ['-c', code]],
  TypeScript: async (at, code) => [process.execPath, [await written(at, 'query.mjs', code)]],
  Python: async (at, code) => ['python3', [await written(at, 'query.py', code)]],
  Go: async (at, code) => ['go', ['run', await written(at, 'main.go', code)]],
}

async function written(at, name, text) {
  await mkdir(at, { recursive: true })
  await writeFile(join(at, name), text)
  return join(at, name)
}

let count = 0
async function execute(language, sent, environment = {}) {
  const code = language.write(sent)
  assert.ok(!code.includes('canary'), `a header's value is in it:\n${code}`)
  const [program, list] = await runners[language.name](join(folder, String(count++)), code)
  received = []
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, GOFLAGS: process.env.GOFLAGS ?? '', ...environment }
  const outcome = await run(program, list, { env }).catch((fault) => fault)
  return { code, failed: outcome instanceof Error, ...outcome, stdout: outcome.stdout ?? '' }
}

// Known before the first test is told of: a file whose tests so far have ended is taken to be over.
const missing = { Python: !(await present('python3', '--version')), Go: !(await present('go', 'version')) }

for (const language of languages) {
  const skip = missing[language.name] ?? false

  test(`${language.name} sends what was in the editors`, { skip }, async () => {
    for (const [name, document] of Object.entries(documents)) {
      const given = { 'one line': variables, lines: variables, odd: hostileVariables }[name] ?? ''
      const sent = request(endpoint, document, given, headers, { name: undefined, streams: false })
      const { stdout, stderr, failed, code } = await execute(language, sent)
      assert.ok(!failed, `${name}: ${stderr}\n${code}`)
      assert.equal(received.length, 1)
      const [{ method, path, body, headers: got }] = received
      assert.equal(method, 'POST')
      assert.equal(path, "/it's/graphql")
      assert.equal(body.query, document, name)
      assert.deepEqual(body.variables, given === '' ? undefined : JSON.parse(given), name)
      assert.ok(!('operationName' in body))
      assert.match(got['content-type'], /^application\/json/)
      assert.equal(got['x-auth-token'], undefined, 'what the environment lacks is not sent')
      assert.match(stdout, /告警|\\u544a\\u8b66/)
    }
  })

  test(`${language.name} takes headers from its environment`, { skip }, async () => {
    const sent = request(endpoint, 'query A { a } query B { a }', '', headers, { name: 'B', streams: false })
    const { stderr, failed } = await execute(language, sent, { X_AUTH_TOKEN: "to'k \"$en", X_HCSO_DOMAIN_ID: 'd1' })
    assert.ok(!failed, stderr)
    const [{ body, headers: got }] = received
    assert.deepEqual([got['x-auth-token'], got['x-hcso-domain-id'], body.operationName], ["to'k \"$en", 'd1', 'B'])
    assert.ok(!('empty' in got))
  })

  test(`${language.name} prints the events of a subscription`, { skip }, async () => {
    const before = reply
    const events = 'event: next\ndata: {"data":{"a":"告警"}}\n\nevent: complete\n\n'
    reply = (response) => response.setHeader('Content-Type', 'text/event-stream').end(events)
    try {
      const sent = request(endpoint, 'subscription { a }', '', '', { name: undefined, streams: true })
      const { stdout, stderr, failed } = await execute(language, sent)
      assert.ok(!failed, stderr)
      assert.equal(received[0].headers.accept, 'text/event-stream')
      assert.match(stdout, /data: \{"data":\{"a":"告警"\}\}/)
      assert.match(stdout, /complete/)
    } finally {
      reply = before
    }
  })

  test(`${language.name} tells what is no answer`, { skip }, async () => {
    const before = reply
    reply = (response) => response.writeHead(502, { 'Content-Type': 'text/html' }).end('<p>nobody home')
    try {
      const { stdout, stderr, failed } = await execute(language, request(endpoint, '{ a }', '', '', { name: undefined, streams: false }))
      assert.match(stdout + stderr, /nobody home/)
      assert.ok(failed || language.name === 'curl')
    } finally {
      reply = before
    }
  })
}

test('a token is expected where the gateway reads it', () => {
  const names = (text) => request(endpoint, '{ a }', '', text, { name: undefined, streams: false }).headers.map(({ name }) => name)
  assert.deepEqual(names(''), ['X-Auth-Token'])
  assert.deepEqual(names('{'), ['X-Auth-Token'])
  assert.deepEqual(names('{"Authorization": "Bearer x"}'), ['Authorization'])
  assert.deepEqual(names('{"X-Auth-Token": "", "X-HCSO-Domain-Id": " "}'), ['X-Auth-Token'], 'what is empty is not sent')
  assert.deepEqual(names('{"X-Opsgraph-Max-Age": 10}'), ['X-Auth-Token', 'X-Opsgraph-Max-Age'])
})
