import assert from 'node:assert/strict'

import axe from 'axe-core'

/**
 * checkAccessibility fails on any violation that axe finds on the page as it is now. With rules it looks at these alone: where nothing but
 * colours can have changed since all were looked at.
 */
export async function checkAccessibility(page, state, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    await page.evaluate(axe.source)
  }
  const result = await page.evaluate((only) => globalThis.axe.run(document, only === undefined ? {} : { runOnly: only }), rules)
  const told = result.violations.map(
    (violation) =>
      `${violation.impact} ${violation.id}: ${violation.help}\n` +
      violation.nodes.slice(0, 3).map((node) => `    ${node.target.join(' ')}: ${node.html.slice(0, 200)} | ${node.failureSummary.replaceAll('\n', ' ').slice(0, 300)}`).join('\n'),
  )
  assert.deepEqual(told, [], `accessibility of ${state}:\n${told.join('\n')}`)
  assert.ok(result.passes.length > (rules === undefined ? 10 : 0), `axe judged ${result.passes.length} rules only`)
}
