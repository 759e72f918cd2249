// What holds for the console as a whole: its policy, its addresses, its keys, and good data beside broken ones.
import assert from 'node:assert/strict'

export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'self'; " +
  "frame-ancestors 'none'; form-action 'none'"

export default {
  name: 'general',
  tests: {
    async 'has its policy, and a 404 for unknown paths'(harness) {
      const world = await harness.world()
      const answer = await fetch(world.href('/'), { headers: { accept: 'text/html' } })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-security-policy'), policy)
      const unknown = await fetch(world.href('/nothing/here'), { headers: { accept: 'text/html' } })
      assert.equal(unknown.status, 404)
      assert.match(await unknown.text(), /<div id="console">/)
    },
  },
}
