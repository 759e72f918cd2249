import assert from 'node:assert/strict'
import { test } from 'node:test'

import { load } from './load.mjs'

const { longest, readLink, writeLink } = await load('wire/link.ts')
const page = 'https://gateway.example/ops/playground?x=1#old'

test('a link gives back what it was made of', () => {
  const hard = 'query Q($v: String = "&q=%20+#") {\n\ta(b: "\\"") # 告警 😀\r\n}'
  for (const document of ['{ a }', hard, '</script><script>alert(1)</script>', '%', "'()*~!"]) {
    for (const variables of ['', '{"v": "=&#%+\\u0000 告警"}']) {
      const { url } = writeLink(page, { document, variables })
      assert.match(url, /^https:\/\/gateway\.example\/ops\/playground#q=[\w.%-]+(&v=[\w.%-]+)?$/, 'chats keep it whole')
      assert.deepEqual(readLink(new URL(url).hash), { linked: { document, variables } })
    }
  }
})

test('half a surrogate pair is no fault', () => {
  const { url } = writeLink(page, { document: '{ a } # \ud800', variables: '' })
  assert.equal(readLink(new URL(url).hash).linked.document, '{ a } # \ufffd')
})

test('a plus is a plus, and parts of another name are nothing', () => {
  assert.deepEqual(readLink('#x=1&q=a+b=c'), { linked: { document: 'a+b=c', variables: '' } })
})

test('nothing is no link', () => {
  assert.equal(readLink(''), undefined)
  assert.equal(readLink('#'), undefined)
})

test('a bad link is refused with its reason', () => {
  const tests = {
    '#q=%': /cut off/,
    '#q=%E5%91': /cut off/,
    '#q={a}&v=%7': /cut off/,
    '#main': /no query/,
    '#q=': /no query/,
    '#q=%20%0A': /no query/,
    '#v={}': /no query/,
    '#q={a}&v={': /no JSON$/,
    '#q={a}&v=[]': /no JSON object/,
    '#q={a}&v=null': /no JSON object/,
    '#q={a}&q={b}': /twice/,
    [`#q=${'a'.repeat(longest)}`]: /longer than 60,000/,
  }
  for (const [fragment, fault] of Object.entries(tests)) {
    assert.match(readLink(fragment).fault, fault, fragment.slice(0, 40))
  }
  assert.ok(readLink(`#q=${'a'.repeat(longest - 2)}`).linked, 'the longest is taken')
})

test('no link is made that could not be opened', () => {
  assert.match(writeLink(page, { document: '', variables: '' }).fault, /no query/)
  assert.match(writeLink(page, { document: '{a}', variables: '{' }).fault, /no JSON/)
  assert.match(writeLink(page, { document: '告'.repeat(7000), variables: '' }).fault, /longer/)
})
