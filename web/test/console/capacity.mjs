import assert from 'node:assert/strict'

import { checkPage, focused } from './checks.mjs'

const percent = (share) => (share >= 0.9995 ? '100%' : `${(share * 100).toFixed(1)}%`)
const matrix = (visited) => visited.page.getByRole('table').first()

/** shares compares all of a table's cells with the answer, as numbers that are seen. */
async function sharesAre(visited, width) {
  const { table } = await visited.answered('CapacityTable')
  const text = (await matrix(visited).innerText()).replaceAll(/\s+/g, ' ')
  const known = table.cells.filter(({ sum }) => sum.allocation !== null)
  const seen = known.filter(({ sum }) => text.includes(percent(sum.allocation)))
  // A list on a phone has the rows in sight alone, fullest first.
  const wanted = width < 720 ? known.toSorted((a, b) => b.sum.allocation - a.sum.allocation).slice(0, 8) : known
  const missing = wanted.filter((cell) => !seen.includes(cell)).map(({ regionCode, type, sum }) => `${regionCode} ${type} ${percent(sum.allocation)}`)
  assert.deepEqual(missing, [], 'every share of the answer is on the page')
  assert.ok(known.length > 40, `${known.length} cells`)
  return table
}

export default {
  name: 'capacity',
  page: {
    route: '/capacity',
    async ready(visited) {
      await visited.shows('87.', 'table')
      await visited.page.getByRole('table').nth(1).waitFor() // what fills first
    },
    async figures(visited, { width }) {
      const table = await sharesAre(visited, width)
      const nearly = table.cells.filter(({ level }) => level === 'NEARLY_FULL' || level === 'FULL').length
      await visited.page.getByRole('button', { name: new RegExp(`80%.*\\b${nearly}\\b`) }).waitFor({ state: 'attached' })
      await visited.shows(new RegExp(`(?<!\\d)${table.cells.length} (pools|个资源池)`), 'header, main')
    },
  },
  tests: {
    async 'crosses any two of region, service, zone and model'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/capacity?rows=model&cols=region&show=quantity&min=0.8')
      const { table } = await visited.answered('CapacityTable')
      const nearly = table.cells.filter(({ sum }) => sum.allocation >= 0.8)
      const buttons = matrix(visited).getByRole('button')
      assert.equal(await buttons.count(), nearly.length)
      for (const { metricType, sum } of nearly) {
        const row = matrix(visited).getByRole('row').filter({ hasText: metricType })
        assert.ok((await row.allInnerTexts()).some((text) => text.includes(sum.allocated.toLocaleString('en', { maximumFractionDigits: 2 }))), `${metricType} ${sum.allocated}`)
      }
      await checkPage(visited, 'capacity, models by region')
      const answer = await visited.hold(/CapacityTable/)
      await visited.page.getByRole('combobox', { name: 'What rows are' }).selectOption('region')
      await buttons.first().waitFor({ state: 'detached' }) // models are not put where regions belong
      answer()
      assert.equal(new URL(visited.page.url()).searchParams.get('cols'), 'model', 'rows and columns were swapped')
      await visited.settle()
      await checkPage(visited, 'capacity, regions by model')
    },

    async 'is used by keyboard alone, to a pool and back'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/capacity')
      const { page } = visited
      await matrix(visited).getByRole('button').first().focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowDown')
      const name = await focused(page, 'a cell of the matrix')
      assert.match(name, /\d%/)
      await page.keyboard.press('Enter')
      const drawer = page.getByRole('dialog')
      await drawer.getByText('Rows as sent').waitFor()
      await visited.settle()
      await focused(page, 'the drawer of a pool')
      await checkPage(visited, 'capacity, the drawer of a pool')
      const id = new URL(page.url()).searchParams.get('id')
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      assert.equal(await focused(page, 'the cell whose drawer was closed'), name)
      const again = await harness.visit(world, `/capacity?id=${id}`, { width: 390, lang: 'zh' })
      await again.page.getByRole('dialog').locator('canvas').waitFor()
      await checkPage(again, 'capacity, a drawer on a phone')
      await again.picture('capacity-drawer-390-light-zh')
    },

    async 'tells what fills first as the forecast has it'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/capacity?show=days')
      const { table } = await visited.answered('CapacityForecast')
      const growing = table.cells
        .filter(({ forecast }) => forecast?.outlook === 'GROWING')
        .toSorted((a, b) => a.forecast.fullInDays - b.forecast.fullInDays)
      const rows = await visited.page.getByRole('table').nth(1).getByRole('row').allInnerTexts()
      growing.slice(0, 10).forEach(({ forecast }, at) => {
        assert.ok(rows[at + 1].includes(`in ${Math.floor(forecast.fullInDays)} days`), `${rows[at + 1]} is full in ${forecast.fullInDays} days`)
      })
      const days = await matrix(visited).getByRole('button').filter({ hasText: /\d d\b/ }).count()
      assert.ok(days >= growing.length, `${days} cells tell days, ${growing.length} grow`)
      await checkPage(visited, 'capacity, days left')

      const [cell] = table.cells
      const id = [cell.regionCode, cell.type, cell.zone, cell.metricType, cell.unit].map((part) => part ?? '').join('/')
      const failed = (path) => ({ message: 'spent', path, extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', retryable: true, retryAfterMs: 60_000, upstream: { operation: 'listCloudServiceCapacity' } } })
      await visited.alter('CapacityForecast', ({ data }) => {
        data.table.cells[0].forecast = null
        return [failed(['table', 'cells', 0, 'forecast'])]
      })
      await visited.alter('CapacityRows', ({ data }) => {
        data.cloudServices[0].capacity = null
        return [failed(['cloudServices', 0, 'capacity'])]
      })
      await visited.page.goto(world.href(`/capacity?show=days&id=${encodeURIComponent(id)}`))
      const drawer = visited.page.getByRole('dialog')
      await drawer.getByText(/quota/i).nth(1).waitFor()
      assert.doesNotMatch(await drawer.innerText(), /There is no history|\d rows?/, 'what could not be read is not none')
      await matrix(visited).getByTitle('Could not be read').waitFor()
    },

    async 'says that capacity could not be read, and recovers'(harness) {
      const world = await harness.newWorld({ hosts: 5, faults: [{ operation: 'listCloudServiceCapacity', kind: 'status', status: 403 }] })
      const visited = await harness.visit(world, '/capacity')
      await visited.shows('The capacity could not be read')
      await visited.shows('listCloudServiceCapacity')
      await checkPage(visited, 'capacity, refused')
      await visited.picture('capacity-broken-1440-light-en')
      await world.faults([])
      await visited.page.keyboard.press('r')
      await matrix(visited).getByRole('button').first().waitFor()
      await visited.page.getByText('UPSTREAM_REJECTED').waitFor({ state: 'detached' })
      await visited.page.getByRole('table').nth(1).or(visited.page.getByText('Nothing grows so fast')).first().waitFor()
    },

    async 'says what was asked where there is nothing'(harness) {
      const world = await harness.world()
      const visited = await harness.visit(world, '/capacity?min=0.999')
      await visited.shows('Nothing is allocated by 99.9% or more')
      await visited.page.getByRole('button', { name: '≥ 99.9% 0 pools' }).waitFor()
      await visited.page.getByRole('button', { name: 'Show all' }).click()
      await visited.shows('87.', 'table')
      assert.equal(new URL(visited.page.url()).search, '')
      const dropped = await harness.visit(world, '/capacity?rows=nonsense&min=7&region=nowhere&zone=x')
      await dropped.shows('nonsense')
      assert.equal(new URL(dropped.page.url()).search, '', 'what nobody understands is dropped')
    },
  },
}
