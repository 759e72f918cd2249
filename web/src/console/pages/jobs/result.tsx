import { useEffect, useState } from 'react'

import { openQuery, useAnswer, type Problem } from '../../data'
import { identityHeaders } from '../../data/token'
import { ProblemOf } from '../../frame'
import type { JobsFileQuery, JobsJobQuery } from '../../generated/graphql'
import { Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Icon } from '../../parts/icon'
import { Panel } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import { JobsFile } from './documents'
import styles from './jobs.module.css'
import { isUnderWay, StateOf } from './state'
import { words } from './words'

type Job = Extract<NonNullable<JobsJobQuery['node']>, { __typename: 'UsageExportJob' | 'AspReportJob' }>
type Found = NonNullable<JobsFileQuery['node']>
type Task = NonNullable<Extract<Found, { __typename: 'UsageExportJob' }>['task']>
type Report = Extract<Found, { __typename: 'AspReportJob' }>

/** often is how often the state of an export or a report is asked while it runs: no subscription tells of it. */
const often = 10_000

/** isOff is whether the operator has not switched on the reading that this is about. */
function isOff(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'UPSTREAM_NOT_CONFIGURED')
}

/** Result is what became of an export or a report, as far as the upstream tells. */
export function Result({ id, job, refetch }: { id: string; job: Job; refetch(): void }) {
  const say = useWords(words)
  const runs = isUnderWay(job.status) || job.status === 'UNKNOWN'
  const [off, setOff] = useState(false)
  const { data, problems, refetch: again } = useAnswer(JobsFile, { id }, { own: true, ...(runs && !off ? { every: often } : {}) })
  useEffect(() => setOff(isOff(problems)), [problems])
  useEffect(() => {
    if (!runs || off) {
      return
    }
    const timer = setInterval(() => document.visibilityState === 'visible' && refetch(), often)
    return () => clearInterval(timer)
  }, [runs, off, refetch])
  const node = data?.node
  const task = node?.__typename === 'UsageExportJob' ? node.task : null
  const report = node?.__typename === 'AspReportJob' ? node : null
  if (isOff(problems)) {
    return (
      <Panel title={say.result} query={openQuery(JobsFile, { id })}>
        <Empty icon="info" title={say.toldNoMore}>
          {job.__typename === 'AspReportJob' ? say.toldNoMoreReport : say.toldNoMoreExport}
        </Empty>
      </Panel>
    )
  }
  return (
    <Panel title={say.result} query={openQuery(JobsFile, { id })}>
      {problems.map((problem) => (
        <ProblemOf key={problem.operation + problem.code} problem={problem} again={() => again()} />
      ))}
      {task !== null && <TaskOf job={job} task={task} />}
      {report?.report != null && <ReportOf job={job} report={report} />}
      {data !== undefined && problems.length === 0 && task === null && report?.report == null && (
        <Empty icon="clock" title={say.notYet}>
          {say.notYetHint}
        </Empty>
      )}
    </Panel>
  )
}

function TaskOf({ job, task }: { job: Job; task: Task }) {
  const say = useWords(words)
  return (
    <div className={styles.progress}>
      <span className={styles.big}>
        <StateOf standing={job.status} />
        {task.filePath !== null && <Download path={task.filePath} name={task.fileName ?? job.jobId} />}
      </span>
      <Facts
        facts={[
          { name: say.file, value: task.fileName, mono: true },
          { name: say.began, value: task.startedAt === null ? null : <Time at={task.startedAt} show="date" /> },
          { name: say.ended, value: task.finishedAt === null ? null : <Time at={task.finishedAt} show="date" /> },
          { name: say.why, value: task.failReason },
          { name: say.failCode, value: task.failCode, mono: true },
          { name: say.stateAsSent, value: task.statusText, mono: true },
        ]}
      />
    </div>
  )
}

/** Download fetches the file and hands it to the browser: a token is a header, which a link cannot send. */
function Download({ path, name }: { path: string; name: string }) {
  const say = useWords(words)
  const [state, setState] = useState<'idle' | 'busy' | { failed: string }>('idle')
  const fetchFile = async () => {
    setState('busy')
    try {
      // The path is the gateway's own, which may itself stand below a path.
      const response = await fetch(new URL(path.replace(/^\//, ''), document.baseURI), { headers: identityHeaders() })
      if (!response.ok) {
        throw new Error(`HTTP ${response.status}`)
      }
      const link = document.createElement('a')
      link.href = URL.createObjectURL(await response.blob())
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
      setState('idle')
    } catch (cause) {
      setState({ failed: cause instanceof Error ? cause.message : String(cause) })
    }
  }
  return (
    <>
      <button type="button" className={styles.start} disabled={state === 'busy'} onClick={() => void fetchFile()}>
        <Icon name="download" size={14} /> {state === 'busy' ? say.downloading : say.download}
      </button>
      {typeof state === 'object' && <ProblemLine>{say.downloadFailed(state.failed)}</ProblemLine>}
    </>
  )
}

function ReportOf({ job, report }: { job: Job; report: Report }) {
  const say = useWords(words)
  const { quantity, dateTime } = useFormat()
  return (
    <div className={styles.progress}>
      <span className={styles.big}>
        <StateOf standing={job.status} />
        {report.downloadUrl !== null && (
          <a className={styles.start} href={report.downloadUrl} target="_blank" rel="noreferrer noopener">
            <Icon name="external" size={14} /> {say.openReport}
          </a>
        )}
      </span>
      {report.downloadUrlEndsAt !== null && <p className={styles.help}>{say.linkEnds(dateTime(report.downloadUrlEndsAt))}</p>}
      <Facts facts={[{ name: say.size, value: report.sizeKb === null ? null : quantity(report.sizeKb, 'kB') }]} />
      <details className={styles.raw}>
        <summary>{say.report}</summary>
        <pre tabIndex={0}>{JSON.stringify(report.report, null, 2)}</pre>
      </details>
    </div>
  )
}
