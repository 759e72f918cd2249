import type { Document } from '../../data'
import { JobsStartDesktops, JobsStartMetering, JobsStartReport, JobsStartUsers } from './documents'
import type { FormName } from './forms'

/** Refusal is what keeps a job from being started, as the gateway says it. */
export interface Refusal {
  field: string[]
  message: string
  code: string
}

/** Outcome is how a command ended that the gateway has understood. */
export interface Outcome {
  id: string | undefined
  refusals: readonly Refusal[]
}

export interface Start {
  document: Document<unknown, { input: Record<string, unknown> }>
  outcome(data: unknown): Outcome | undefined
}

interface Payload {
  job: { id: string } | null
  userErrors: Refusal[]
}

// A form knows its fields by their names; what the schema takes is checked by the gateway, and told at the fields.
function start<Data, Variables>(document: Document<Data, Variables>, payload: (data: Data) => Payload | undefined): Start {
  return {
    document: document as unknown as Start['document'],
    outcome(data) {
      const found = payload(data as Data)
      return found === undefined ? undefined : { id: found.job?.id, refusals: found.userErrors }
    },
  }
}

/** starts are the commands behind the forms. */
export const starts: Record<FormName, Start> = {
  metering: start(JobsStartMetering, ({ createMeterJob: done }) => (done ? { job: done.meterJob, userErrors: done.userErrors } : undefined)),
  users: start(JobsStartUsers, ({ exportUserUsage: done }) => (done ? { job: done.usageExportJob, userErrors: done.userErrors } : undefined)),
  desktops: start(JobsStartDesktops, ({ exportDesktopUsage: done }) => (done ? { job: done.usageExportJob, userErrors: done.userErrors } : undefined)),
  report: start(JobsStartReport, ({ collectAspReport: done }) => (done ? { job: done.aspReportJob, userErrors: done.userErrors } : undefined)),
}

/** newKey is a key by which the gateway knows a command that is sent again. Pages by plain HTTP have no randomUUID. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// What was started since the list was read last is not in an answer that the browser keeps.
let stale = false

/** noteStarted has the list read anew when it is shown again. */
export function noteStarted(): void {
  stale = true
}

/** takeStarted tells once that something was started. */
export function takeStarted(): boolean {
  const was = stale
  stale = false
  return was
}
