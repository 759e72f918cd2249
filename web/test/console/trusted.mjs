// A gateway that answers trusted documents only answers those that the build of the console lists: each page asks nothing else.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

export default {
  name: 'trusted',
  tests: {
    async 'asks nothing but its own documents'(harness) {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'trusted-'))
      try {
        const manifest = path.join(folder, 'manifest.json')
        await writeFile(manifest, JSON.stringify({ own: 'query Own { regions { code } hosts(first: 1) { nodes { hostId } } }' }))
        const world = await harness.newWorld({
          hosts: 20, environ: ['OPSGRAPH_PERSISTED_ONLY_TRUSTED=true', `OPSGRAPH_PERSISTED_MANIFEST_FILE=${manifest}`],
        })
        const refused = await world.ask('{ __typename }')
        assert.equal(refused.errors?.[0].extensions.code, 'PERSISTED_QUERY_REQUIRED')
        const { regions, hosts } = await world.data('query Own { regions { code } hosts(first: 1) { nodes { hostId } } }')
        const routes = [
          '/', `/regions/${regions[0].code}`, `/regions/${regions[0].code}?tab=hosts`, '/hosts?sort=cpu', `/hosts/${hosts.nodes[0].hostId}`,
          '/alarms', '/capacity', '/jobs?start=metering', '/upstream',
        ]
        // Whatever is refused is an error in the browser's console, which the harness finds.
        for (const route of routes) {
          const visited = await harness.visit(world, route, { shared: true })
          assert.equal(await visited.page.getByText('PERSISTED_QUERY').count(), 0, route)
          if (route === '/alarms') {
            await visited.shows('Live')
            await visited.page.locator('tbody [role=row]').first().click()
            await visited.page.getByRole('dialog').waitFor()
            await visited.settle()
          }
          if (route.startsWith('/jobs')) {
            await visited.page.getByRole('dialog').locator('button[type=submit]').click()
            await visited.shows('Succeeded')
            await visited.page.getByRole('table', { name: 'Usage records' }).waitFor()
          }
        }
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  },
}
