import { useEffect, useRef, useState } from 'react'

import { offer, type Problem } from '../../data'
import { identityHeaders, noteRefused } from '../../data/token'
import type { JobsJobQuery } from '../../generated/graphql'
import { Empty } from '../../parts/empty'
import { Facts } from '../../parts/facts'
import { Icon } from '../../parts/icon'
import { Panel } from '../../parts/panel'
import { ProblemLine } from '../../parts/problem'
import { Time } from '../../parts/time'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import styles from './jobs.module.css'
import { StateOf } from './state'
import { words } from './words'

type Job = Extract<NonNullable<JobsJobQuery['node']>, { __typename: 'UsageExportJob' | 'AspReportJob' }>
type Task = NonNullable<Extract<Job, { __typename: 'UsageExportJob' }>['task']>
type Report = Extract<Job, { __typename: 'AspReportJob' }>

interface ResultProps {
  job: Job
  problems: readonly Problem[]
  query: string
  /** Whether the operator has not switched on the reading that this is about. */
  isOff: boolean
  /** Whether the page asks again by itself. */
  again: boolean
}

/** Result is what became of an export or a report, as far as the upstream tells. */
export function Result({ job, problems, query, isOff, again }: ResultProps) {
  const say = useWords(words)
  const isReport = job.__typename === 'AspReportJob'
  return (
    <Panel title={say.result} query={query}>
      {isOff ? (
        <Empty icon="info" title={say.toldNoMore}>
          {isReport ? say.toldNoMoreReport : say.toldNoMoreExport}
        </Empty>
      ) : !isReport && job.task !== null ? (
        <TaskOf job={job} task={job.task} />
      ) : isReport && job.report !== null ? (
        <ReportOf report={job} />
      ) : problems.length > 0 ? (
        <Empty icon="warning" title={say.failedJob}>
          {say.failedHint}
        </Empty>
      ) : (
        <Empty icon="clock" title={say.notYet}>
          {say.notYetHint} {again && say.asksAgain}
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
  const running = useRef<AbortController>(undefined)
  // A file may be long: nobody waits for it on another page, nor with another token.
  useEffect(() => () => running.current?.abort(), [])
  const fetchFile = async () => {
    const { signal } = (running.current = new AbortController())
    setState('busy')
    try {
      // The path is the gateway's own, which may itself stand below a path.
      const response = await fetch(new URL(path.replace(/^\//, ''), document.baseURI), { headers: identityHeaders(), signal })
      if (response.status === 401) {
        noteRefused()
        setState('idle')
        return
      }
      if (!response.ok) {
        throw new Error(`HTTP ${response.status}`)
      }
      offer(await response.blob(), name)
      setState('idle')
    } catch (cause) {
      if (signal.aborted) {
        return
      }
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

function ReportOf({ report }: { report: Report }) {
  const say = useWords(words)
  const { quantity, dateTime } = useFormat()
  return (
    <div className={styles.progress}>
      <span className={styles.big}>
        <StateOf standing={report.status} />
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
