import type { Answer, Fault, Freshness } from './ask'

/** Problem is what went wrong in an answer, told once for all fields that it takes away. */
export interface Problem {
  /** operation is the call of the upstream that failed; empty where the gateway itself refused. */
  operation: string
  code: string
  /** message is the gateway's own sentence. It is English, and for details: what to do is told by the code. */
  message: string
  retryable: boolean
  /** retryAt is when it may be asked again, in milliseconds of the epoch, where that is known. */
  retryAt: number | undefined
  requestId: string
  /** paths are the fields that are missing. */
  paths: string[]
}

/** away is the code of a problem that the page itself finds: nothing of the gateway's came back. */
export const away = 'GATEWAY_AWAY'

/** group gathers the errors of an answer by what failed, and how. */
export function group({ faults, requestId, at }: Pick<Answer<unknown>, 'faults' | 'requestId' | 'at'>): Problem[] {
  const groups = new Map<string, Problem>()
  for (const fault of faults) {
    const { code = 'INTERNAL_SERVER_ERROR', upstream } = fault.extensions ?? {}
    const operation = upstream?.operation ?? ''
    const key = `${operation} ${code}`
    const before = groups.get(key)
    groups.set(key, before === undefined ? problemOf(fault, operation, code, requestId, at) : joined(before, fault, at))
  }
  return [...groups.values()]
}

function problemOf(fault: Fault, operation: string, code: string, requestId: string, at: number): Problem {
  return {
    operation,
    code,
    message: fault.message,
    retryable: fault.extensions?.retryable ?? false,
    retryAt: retryAtOf(fault, at),
    requestId: fault.extensions?.requestId ?? requestId,
    paths: fault.path === undefined ? [] : [fault.path.join('.')],
  }
}

function joined(problem: Problem, fault: Fault, at: number): Problem {
  const retryAt = retryAtOf(fault, at)
  return {
    ...problem,
    retryable: problem.retryable && (fault.extensions?.retryable ?? false),
    retryAt: problem.retryAt === undefined ? retryAt : Math.max(problem.retryAt, retryAt ?? 0),
    paths: fault.path === undefined ? problem.paths : [...problem.paths, fault.path.join('.')],
  }
}

function retryAtOf(fault: Fault, at: number): number | undefined {
  const { retryAfterMs } = fault.extensions ?? {}
  return retryAfterMs === undefined ? undefined : at + retryAfterMs
}

/** moved is an error of a page with the place in the whole list of the row that it is about. */
export function moved(fault: Fault, placeOf: (row: number) => number): Fault {
  const at = fault.path?.findIndex((part) => typeof part === 'number') ?? -1
  return at < 0 ? fault : { ...fault, path: fault.path?.with(at, placeOf(Number(fault.path[at]))) ?? [] }
}

/** isAway tells whether the gateway did not answer. */
export function isAway(problems: Problem[]): boolean {
  return problems.some(({ code }) => code === away)
}

/** isMissing tells whether a null at a path is a failure: then it is unknown, and not nothing. `*` in a path is any place of a list. */
export function isMissing(problems: Problem[], path: string): boolean {
  const wanted = path.split('.')
  return problems.some(
    ({ paths, code }) => (paths.length === 0 && code !== away) || paths.some((failed) => covers(failed.split('.'), wanted)),
  )
}

/** covers tells whether what failed is the field, or has it in it. */
function covers(failed: string[], wanted: string[]): boolean {
  return failed.length <= wanted.length && failed.every((part, at) => wanted[at] === '*' || part === wanted[at])
}

/** soonest is when a page asks again after a failure, in milliseconds, where the gateway names no time; it doubles up to latest. */
const soonest = 5_000
const latest = 60_000

/**
 * waitFor is how long to wait before what failed is asked again, in milliseconds: never less than the gateway says, and longer after each
 * failure where it says nothing. Undefined is never: nothing failed that may be repeated.
 */
export function waitFor(problems: Problem[], at: number, failures: number): number | undefined {
  const retryable = problems.filter((problem) => problem.retryable)
  if (retryable.length === 0) {
    return undefined
  }
  const own = Math.min(soonest * 2 ** (failures - 1), latest)
  return Math.max(...retryable.map(({ retryAt }) => (retryAt === undefined ? own : Math.max(retryAt - at, 1_000))))
}

/** freshFor is how long data are as good as new, in seconds, as the gateway is set unless it is told otherwise. */
const freshFor: Record<string, number> = {
  listCloudServiceCapacity: 600,
  listHostPhysicalCapacity: 600,
  listCloudServiceAlarms: 30,
  listDeviceAlarms: 30,
  listHostDetails: 60,
  listHostVms: 60,
  listDeviceAssets: 600,
  listHostPerformanceData: 300,
}

/** isStale tells whether data are so old that a reader has to know. Being refreshed is the normal course of things, and is not told. */
export function isStale({ operation, oldest, stale, reason }: Freshness, now: number): boolean {
  return reason !== null || (stale && now - Date.parse(oldest) > 3000 * (freshFor[operation] ?? 600))
}

/**
 * staleOf are the data that a reader is told to be old. What nobody asked for a while is old once, and is being read anew: without a reason
 * only what stays so is told.
 */
export function staleOf(ages: Freshness[], at: number, stays: boolean): Freshness[] {
  return ages.filter((age) => isStale(age, at) && (stays || age.reason !== null))
}

/** afterRefresh is when a page asks again for data that the gateway was reading anew when it answered, in milliseconds. */
const afterRefresh = 2_500

/** againAfter is how long to wait before what did not fail is asked again, in milliseconds: at once where it was wanted meanwhile. */
export function againAfter(wanted: boolean, refreshing: boolean): number | undefined {
  return wanted ? 0 : refreshing ? afterRefresh : undefined
}

/** isRefreshing tells whether data are being read anew. */
export function isRefreshing(ages: Freshness[]): boolean {
  return ages.some(({ stale, reason }) => stale && reason === null)
}
