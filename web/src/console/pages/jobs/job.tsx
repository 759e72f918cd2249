import { useCallback } from 'react'

import { Link } from '../../address'
import { openQuery, useAnswer, type Problem } from '../../data'
import { PageHead } from '../../frame'
import type { JobStatus, JobsJobQuery } from '../../generated/graphql'
import { Bones, Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Panel } from '../../parts/panel'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { JobsJob } from './documents'
import { Follow, useTold } from './follow'
import styles from './jobs.module.css'
import { Id } from './list'
import { Records } from './records'
import { Result } from './result'
import { Bar, isUnderWay, standingOf, StateOf, useKindWord } from './state'
import { words } from './words'

/** often is how often the state of an export or a report is asked while it runs. */
const often = 10_000

function mayChange(status: JobStatus): boolean {
  return isUnderWay(status) || status === 'UNKNOWN'
}

type Node = NonNullable<JobsJobQuery['node']>
type Meter = Extract<Node, { __typename: 'MeterJob' }>
type Other = Extract<Node, { __typename: 'UsageExportJob' | 'AspReportJob' }>

/** Job is the page of one job. */
export function Job({ id }: { id: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const kindWord = useKindWord()
  const { data, problems, loading, refetch } = useAnswer(JobsJob, { id }, { own: true })
  const node = data?.node
  const isOff = node != null && problems.some(({ code }) => code === 'UPSTREAM_NOT_CONFIGURED')
  const again = node != null && node.__typename !== 'MeterJob' && 'status' in node && mayChange(node.status) && !isOff
  // The same question, by what its answer is: no subscription tells of exports and reports, and what is switched off is no problem to tell.
  useAnswer(JobsJob, { id }, { own: isOff, every: again ? often : undefined })
  const query = openQuery(JobsJob, { id })
  const back = (
    <Link to="/jobs" className={styles.back}>
      {say.back}
    </Link>
  )
  if (node?.__typename === 'MeterJob') {
    return (
      <>
        <PageHead title={kindWord('METER')} sub={<Id jobId={node.jobId} />} extra={back} />
        <MeterJob job={node} query={query} refetch={refetch} />
      </>
    )
  }
  if (node?.__typename === 'UsageExportJob' || node?.__typename === 'AspReportJob') {
    const title = node.__typename === 'AspReportJob' ? kindWord('ASP_REPORT') : kindWord('USAGE_EXPORT', node.exports)
    return (
      <>
        <PageHead title={title} sub={<Id jobId={node.jobId} />} extra={back} />
        <Result job={node} problems={problems} query={query} isOff={isOff} again={again} />
        <OtherFacts job={node} query={query} />
      </>
    )
  }
  return (
    <>
      <PageHead title={term.job} extra={back} />
      <Panel title={say.facts} query={query}>
        {data !== undefined || problems.length > 0 ? <NoJob node={node} problems={problems} /> : loading && <Bones rows={4} />}
      </Panel>
    </>
  )
}

/** NoJob says why there is none: the upstream knows none, the id is another thing's or nothing's, or it could not be read. */
function NoJob({ node, problems }: { node: Node | null | undefined; problems: readonly Problem[] }) {
  const say = useWords(words)
  const wrong = node != null || problems.some(({ code }) => code === 'BAD_USER_INPUT')
  if (problems.length > 0 && !wrong) {
    return (
      <Empty icon="warning" title={say.failedJob}>
        {say.failedHint}
      </Empty>
    )
  }
  return (
    <Empty icon="jobs" title={say.notFound}>
      {wrong ? say.notAJob : say.notFoundHint}
    </Empty>
  )
}

/** MeterJob is a query for usage records: how far it is, and its records when it has succeeded. */
function MeterJob({ job, query, refetch }: { job: Meter; query: string; refetch(): void }) {
  const say = useWords(words)
  const { percent } = useFormat()
  const [told, tell] = useTold()
  const missed = useCallback(() => refetch(), [refetch])
  const event = told.get(job.jobId)
  const { status, progress } = event !== undefined && isUnderWay(job.status) ? event : job
  const under = isUnderWay(status)
  const help = {
    PENDING: say.pendingHelp, RUNNING: say.runningHelp, SUCCEEDED: say.succeededHelp, FAILED: say.failedHelp,
    EXPIRED: say.unknownHelp, UNKNOWN: say.unknownHelp,
  }[status]
  return (
    <>
      {isUnderWay(job.status) && under && <Follow jobId={job.jobId} domainId={job.domainId} onTold={tell} onMissed={missed} />}
      <Panel title={say.progress} query={query}>
        <div className={styles.progress} role="status">
          <span className={styles.big}>
            <StateOf standing={status} />
            {status === 'RUNNING' && progress !== null && <span>{percent(progress / 100)}</span>}
          </span>
          {under && <Bar progress={progress ?? 0} />}
          <p className={styles.help}>{help}</p>
        </div>
        <div className={styles.facts}>
          <Facts
            facts={[
              { name: say.submitted, value: job.submittedAt === null ? null : <Time at={job.submittedAt} show="date" /> },
              { name: say.account, value: job.domainId, mono: true },
              { name: say.stateAsSent, value: event === undefined ? job.statusText : null, mono: true },
            ]}
          />
        </div>
      </Panel>
      <Records id={job.id} ready={status === 'SUCCEEDED'} />
    </>
  )
}

function OtherFacts({ job, query }: { job: Other; query: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { exact } = useFormat()
  return (
    <Panel title={say.facts} query={query}>
      <div className={styles.facts}>
        <Facts
          facts={[
            { name: term.state, value: <StateOf standing={standingOf(job.status, job.__typename === 'AspReportJob' ? 'ASP_REPORT' : 'USAGE_EXPORT')} /> },
            { name: say.submitted, value: job.submittedAt === null ? null : <Time at={job.submittedAt} show="date" /> },
            { name: say.period, value: job.from === null || job.to === null ? null : `${exact(job.from)} – ${exact(job.to)}` },
            { name: say.project, value: job.projectId, mono: true },
            { name: say.instance, value: job.__typename === 'AspReportJob' ? job.instanceId : null, mono: true },
          ]}
        />
      </div>
    </Panel>
  )
}
