import assert from 'node:assert/strict'

import axe from 'axe-core'

/** checkAccessibility fails on any violation that axe finds on the page as it is now. */
export async function checkAccessibility(page, state) {
  await page.evaluate(axe.source)
  const result = await page.evaluate(() => globalThis.axe.run(document))
  const told = result.violations.map(
    (violation) =>
      `${violation.impact} ${violation.id}: ${violation.help}\n` +
      violation.nodes.slice(0, 3).map((node) => `    ${node.target.join(' ')}: ${node.html.slice(0, 200)} | ${node.failureSummary.replaceAll('\n', ' ').slice(0, 300)}`).join('\n'),
  )
  assert.deepEqual(told, [], `accessibility of ${state}:\n${told.join('\n')}`)
  assert.ok(result.passes.length > 10, `axe judged ${result.passes.length} rules only`)
}
