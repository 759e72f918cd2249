// The page of the jobs: what was started, the four forms, a job that is followed, its records.
import assert from 'node:assert/strict'

import { checkPage, focused } from './checks.mjs'

const instance = '0123456789abcdef0123456789abcdefin14'

/** startSome starts a job of each kind in a world that has none, as a program does. */
async function startSome(world) {
  const { jobs } = await world.data('{ jobs { totalCount } }')
  if (jobs.totalCount > 0) {
    return
  }
  const day = (before) => new Date(world.now - before * 86_400_000).toISOString().slice(0, 10)
  const window = { from: `${day(7)}T00:00:00Z`, to: `${day(1)}T00:00:00Z` }
  const start = async (field, type, input) => {
    const answer = await world.data(`mutation ($input: ${type}!) { ${field}(input: $input) { userErrors { message } } }`, { input })
    assert.deepEqual(answer[field].userErrors, [])
  }
  await start('createMeterJob', 'CreateMeterJobInput', { from: day(10), to: day(3) })
  await start('exportUserUsage', 'ExportUserUsageInput', window)
  await start('exportDesktopUsage', 'ExportDesktopUsageInput', window)
}

/** submit sends the form that is open. */
const submit = (page) => page.getByRole('dialog').locator('button[type=submit]').click()

/** field is a field of the form by the name of the schema's input. */
const field = (page, name) => page.getByRole('dialog').locator(`[name="${name}"]`)

/** refused waits for what is wrong at a field, which has the focus. */
async function refused(page, name, sentence) {
  await page.getByRole('dialog').getByText(sentence).waitFor()
  assert.equal(await field(page, name).getAttribute('aria-invalid'), 'true', `${name} is marked`)
  const told = await field(page, name).getAttribute('aria-describedby')
  assert.match(await page.locator(`[id="${told}"]`).textContent(), sentence)
  await page.waitForFunction((of) => document.activeElement?.getAttribute('name') === of, name)
}

/** sent are the commands of a name that the page has sent. */
function watchSent(page, name) {
  const sent = []
  page.on('request', (request) => {
    const body = request.method() === 'POST' ? request.postDataJSON() : undefined
    if (body?.query?.includes(`mutation ${name}`)) {
      sent.push(body.variables.input)
    }
  })
  return sent
}

export default {
  name: 'jobs',
  page: {
    async route(world) {
      await startSome(world)
      return '/jobs'
    },
    async ready({ page }) {
      await page.getByRole('table').getByRole('row').nth(1).waitFor()
    },
    async figures(visited) {
      const { jobs } = await visited.answered('JobsList')
      const table = visited.page.getByRole('table')
      assert.equal(Number(await table.getAttribute('aria-rowcount')), jobs.totalCount + 1)
      const rows = await table.locator('tbody [role=row]').allTextContents()
      assert.equal(rows.length, jobs.nodes.length)
      for (const [at, { kind, job }] of jobs.nodes.entries()) {
        const words = { METER: /Metering job|计量话单任务/, ASP_REPORT: /Database report|数据库/, USAGE_EXPORT: job?.kind === 'USERS' ? /User usage|用户使用统计/ : /Desktop usage|云桌面使用统计/ }
        assert.match(rows[at], words[kind])
        assert.match(rows[at], kind === 'METER' ? /Pending|Running|Succeeded|等待中|运行中|成功/ : /Started|已启动/)
      }
    },
  },
  tests: {
    async 'starts a metering job, follows it, and shows its records a hundred at a time'(harness) {
      const world = await harness.newWorld({ hosts: 60 })
      const visited = await harness.visit(world, '/jobs?start=metering')
      const { page } = visited
      await checkPage(visited, 'the form of metering')
      await visited.picture('jobs-form-1440-light-en')
      const sent = watchSent(page, 'JobsStartMetering')
      await submit(page)
      await page.waitForURL((url) => url.pathname.startsWith('/jobs/'))
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await visited.shows('Live', 'header')
      await visited.shows('Running')
      await visited.picture('jobs-running-1440-light-en')
      await visited.shows('Succeeded')
      assert.equal(sent.length, 1)
      assert.match(sent[0].idempotencyKey, /^[0-9a-f]{32}$/)
      assert.match(`${sent[0].from} ${sent[0].to}`, /^\d{4}-\d\d-01 \d{4}-\d\d-\d\d$/, 'the last month as a whole')

      const table = page.getByRole('table', { name: 'Usage records' })
      await table.waitFor()
      const { node } = await visited.answered('JobsRecords')
      assert.equal(node.records.nodes.length, 100)
      assert.equal(await table.getAttribute('aria-rowcount'), '101')
      await checkPage(visited, 'a job with records')
      await visited.picture('jobs-records-1440-light-en')
      await page.getByRole('button', { name: 'Show 100 more' }).click()
      await page.getByText('200 shown').waitFor()
      assert.equal(await table.getAttribute('aria-rowcount'), '201')
      const next = await visited.answered('JobsRecords')
      assert.notDeepEqual(next.node.records.nodes[0].raw, node.records.nodes[0].raw, 'the second page is another one')

      await page.keyboard.press('j') // from wherever the focus is
      await page.keyboard.press('Home')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByText(node.records.nodes[0].resourceId).first().waitFor()
      await checkPage(visited, 'a usage record')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await focused(page, 'the record that was open')

      await page.getByRole('link', { name: 'All jobs' }).click()
      await page.getByRole('row', { name: /Metering job.*Succeeded/ }).waitFor()
    },

    async 'checks dates by the limits of the schema before it sends'(harness) {
      const world = await harness.newWorld({ hosts: 4 })
      const wall = (before) => new Date(world.now + 8 * 3_600_000 - before * 86_400_000).toISOString().slice(0, 16)
      const visited = await harness.visit(world, '/jobs?start=users')
      const { page } = visited
      const sent = [watchSent(page, 'JobsStartUsers'), watchSent(page, 'JobsStartDesktops'), watchSent(page, 'JobsStartReport'), watchSent(page, 'JobsStartMetering')]
      await field(page, 'from').fill(wall(31))
      await submit(page)
      await refused(page, 'from', /At most 30 days back/)
      await field(page, 'from').fill(wall(1))
      await field(page, 'to').fill(wall(2))
      await submit(page)
      await refused(page, 'from', /must lie before the end/)
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('button', { name: 'Last 7 days' }).click()
      await field(page, 'minUsageHours').fill('9')
      await field(page, 'maxUsageHours').fill('8')
      await submit(page)
      await refused(page, 'minUsageHours', /more than the greatest/)
      await checkPage(visited, 'a form that was refused')
      await visited.picture('jobs-refused-1440-light-en')

      await page.goto(world.href('/jobs?start=desktops'))
      await visited.settle()
      await field(page, 'from').fill(wall(182))
      await submit(page)
      await refused(page, 'from', /At most 180 days back/)

      await page.goto(world.href('/jobs?start=report'))
      await visited.settle()
      await field(page, 'instanceId').fill('too-short')
      await submit(page)
      await refused(page, 'instanceId', /36 letters and digits/)
      await field(page, 'instanceId').fill(instance)
      await field(page, 'from').fill(wall(2.1))
      await submit(page)
      await refused(page, 'from', /At most two days back/)
      await page.getByRole('button', { name: 'Last hour' }).click()
      await field(page, 'to').fill(wall(-1))
      await submit(page)
      await refused(page, 'to', /lies in the future/)

      await page.goto(world.href('/jobs?start=metering'))
      await visited.settle()
      await field(page, 'from').fill('2026-05-02')
      await field(page, 'to').fill('2026-05-01')
      await submit(page)
      await refused(page, 'from', /must not lie after/)
      assert.deepEqual(sent.flat(), [], 'nothing was sent')
    },

    async 'puts what the gateway refuses at its field'(harness) {
      const world = await harness.newWorld({ hosts: 4 })
      for (const [width, theme, lang, sentence] of [[1440, 'light', 'en', /knows no such instance/], [390, 'dark', 'zh', /没有此实例/]]) {
        const visited = await harness.visit(world, '/jobs?start=report', { width, theme, lang })
        await field(visited.page, 'instanceId').fill('x'.repeat(36))
        await submit(visited.page)
        await refused(visited.page, 'instanceId', sentence)
        await checkPage(visited, `a report that is refused at ${width}`)
        await visited.picture(`jobs-unknown-${width}-${theme}-${lang}`)
      }
    },

    async 'says where the upstream tells no more, and tells more where it is read'(harness) {
      const silent = await harness.newWorld({ hosts: 4 })
      const visited = await harness.visit(silent, '/jobs?start=users')
      await submit(visited.page)
      await visited.shows('Started; the upstream tells no more')
      await visited.shows('workspace.read_exports')
      await checkPage(visited, 'an export whose state is not read')
      await visited.picture('jobs-silent-1440-light-en')

      const telling = await harness.newWorld({ hosts: 4, environ: ['OPSGRAPH_WORKSPACE_READ_EXPORTS=true'] })
      const read = await harness.visit(telling, '/jobs?start=desktops', { width: 390 })
      await submit(read.page)
      await read.page.waitForURL((url) => !url.searchParams.has('start')) // it is started
      const download = read.page.getByRole('button', { name: 'Download' })
      for (let at = 0; at < 6 && !(await download.isVisible()); at++) {
        await telling.advance('60s')
        await read.page.reload()
        await read.settle()
      }
      await download.waitFor()
      await checkPage(read, 'an export that is read')
      await read.picture('jobs-export-390-light-en')
      const [file] = await Promise.all([read.page.waitForEvent('download'), download.click()])
      assert.match(file.suggestedFilename(), /\w+/)

      // Another answer than the file: who asks is asked who that is, and a page that is left waits for none.
      const path = (await read.answered('JobsJob')).node.task.filePath
      read.expect(/401/)
      await read.page.route(`**${path}`, (route) => route.fulfill({ status: 401 }), { times: 1 })
      await download.click()
      await read.page.getByRole('dialog', { name: 'Who are you?' }).waitFor()
      await read.page.keyboard.press('Escape')
      await read.page.getByRole('dialog').waitFor({ state: 'detached' })
      assert.equal(await read.page.getByText('HTTP 401').count(), 0, 'it is told by the dialog')
      await read.page.route(`**${path}`, () => {}, { times: 1 })
      await download.click()
      const aborted = read.page.waitForEvent('requestfailed', { predicate: (request) => request.url().endsWith(path), timeout: 10_000 })
      await read.page.getByRole('link', { name: 'All jobs' }).click()
      assert.match((await aborted).failure().errorText, /ABORTED/)
      await read.page.goBack()
      await read.alter('JobsJob', ({ data }) => {
        Object.assign(data.node, { status: 'FAILED', task: null })
        return []
      })
      await read.page.reload()
      await read.shows('Nothing yet')
      assert.equal(await read.page.getByText('This page asks again').count(), 0, 'what has ended is not asked again')
    },

    async 'sends a command again under the same key'(harness) {
      const world = await harness.newWorld({ hosts: 4 })
      const visited = await harness.visit(world, '/jobs?start=metering')
      const { page } = visited
      visited.expect(/Failed to load resource|ERR_|WebSocket/)
      const sent = watchSent(page, 'JobsStartMetering')
      await world.down()
      await submit(page)
      await page.getByRole('dialog').getByText('starts no second job').waitFor()
      await checkPage(visited, 'a command without an answer')
      await world.up()
      await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
      await page.waitForURL((url) => url.pathname.startsWith('/jobs/'))
      assert.equal(sent.length, 2)
      assert.equal(sent[0].idempotencyKey, sent[1].idempotencyKey)
      const { jobs } = await world.data('{ jobs { totalCount } }')
      assert.equal(jobs.totalCount, 1)
    },

    async 'leaves who has closed the form where they are'(harness) {
      const visited = await harness.visit(await harness.newWorld({ hosts: 4 }), '/jobs?start=metering')
      const { page } = visited
      const release = await visited.hold(/JobsStartMetering/)
      await submit(page)
      await page.getByRole('button', { name: 'Starting…' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      release()
      await page.getByText('The job was started.').waitFor()
      assert.equal(new URL(page.url()).pathname, '/jobs')
      await page.getByRole('row', { name: /Metering job/ }).waitFor()
    },

    async 'shows the list without the states that could not be read'(harness) {
      const world = await harness.newWorld({ hosts: 4 })
      const empty = await harness.visit(world, '/jobs')
      await empty.shows('No jobs yet')
      await checkPage(empty, 'no jobs')
      await empty.picture('jobs-empty-1440-light-en')
      await startSome(world)
      await world.faults([{ operation: 'getMeterQueryJob', kind: 'status', status: 500 }])
      await world.advance('90s')
      const visited = await harness.visit(world, '/jobs', { width: 390, theme: 'dark', lang: 'zh' })
      visited.expect(/Failed to load resource/)
      await visited.page.getByRole('row', { name: /云桌面使用统计.*已启动/ }).waitFor()
      await visited.page.getByRole('row', { name: /计量话单任务.*—/ }).waitFor()
      await visited.shows('getMeterQueryJob')
      await checkPage(visited, 'jobs without a state')
      await visited.picture('jobs-partial-390-dark-zh')
    },

    async 'asks for jobs under way every 15 seconds, and after a failure not before the gateway says'(harness) {
      const world = await harness.newWorld({ hosts: 4, still: true, environ: ['OPSGRAPH_WORKSPACE_READ_EXPORTS=true'] }) // nothing ends
      await startSome(world)
      const visited = await harness.visit(world, '/hosts', { quick: true })
      const { page } = visited
      let asked = 0
      page.on('request', (request) => {
        asked += request.url().includes('JobsList') ? 1 : 0
      })
      let failing = false
      await visited.alter('JobsList', (answer) => {
        const at = answer.data.jobs.nodes.findIndex(({ kind, job }) => kind === 'USAGE_EXPORT' && job.kind === 'USERS')
        if (!failing) {
          return answer.errors ?? []
        }
        answer.data.jobs.nodes[at].job = null
        const extensions = { code: 'UPSTREAM_QUOTA_EXHAUSTED', retryable: true, retryAfterMs: 40_000, upstream: { operation: 'listExportUserTasks' } }
        return [{ message: 'spent', path: ['jobs', 'nodes', at, 'job'], extensions }]
      })
      const after = async (milliseconds, times, because) => {
        await page.clock.runFor(milliseconds)
        await visited.settle()
        assert.equal(asked, times, because)
      }
      await page.clock.install({ time: world.now })
      await page.goto(world.href('/jobs'))
      await page.getByRole('row', { name: /Desktop usage.*(Pending|Running)/ }).waitFor()
      await visited.settle()
      await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000)
      asked = 0
      for (let seconds = 0; asked === 0 && seconds < 20; seconds++) {
        await page.clock.runFor(1_000)
        await visited.settle()
      }
      await after(13_000, 1, 'not yet')
      await after(2_000, 2, 'an export is under way')
      failing = true
      await after(15_000, 3, 'it is under way still')
      await visited.shows('listExportUserTasks')
      await after(38_000, 3, 'what failed is not to be asked before 40 seconds are over, whatever else is under way')
      failing = false
      await after(4_000, 4, 'the gateway has said when')
      await page.getByText('listExportUserTasks').waitFor({ state: 'detached' })
      await after(16_000, 5, 'nothing fails any more')
    },

    async 'shows nothing of a job that is none'(harness) {
      const world = await harness.newWorld({ hosts: 4 })
      const { hosts } = await world.data('{ hosts(first: 1) { nodes { id } } }')
      const visited = await harness.visit(world, `/jobs/${hosts.nodes[0].id}`, { width: 390 })
      visited.expect(/Failed to load resource/)
      await visited.shows('This id is not that of a job')
      await visited.page.goto(world.href('/jobs/nonsense'))
      await visited.shows('There is no such job')
      await checkPage(visited, 'no job')
    },
  },
}
