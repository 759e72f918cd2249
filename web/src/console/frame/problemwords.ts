import { useWords } from '../text/words'
import { words } from './words'

type Say = ReturnType<typeof useWords<typeof words.en>>

// What an operation of the upstream reads, as pages call it.
const operations: Record<string, keyof Say> = {
  listCloudServiceAlarms: 'ofAlarms',
  listDeviceAlarms: 'ofDevices',
  listHostDetails: 'ofHosts',
  listHostVms: 'ofMachines',
  listDeviceAssets: 'ofAssets',
  listCloudServiceCapacity: 'ofCapacity',
  listHostPhysicalCapacity: 'ofPhysical',
  listHostPerformanceData: 'ofPerformance',
  listHostMetricData: 'ofMetrics',
  listEcsPerformance: 'ofMetrics',
  createMeterQueryJob: 'ofJobs',
  getMeterQueryJob: 'ofJobs',
  listMeterJobSdrs: 'ofRecords',
  listExportTasks: 'ofExports',
  listAspInfos: 'ofReports',
}

const sentences: Record<string, keyof Say> = {
  UPSTREAM_QUOTA_EXHAUSTED: 'problemQuota',
  UPSTREAM_RATE_LIMITED: 'problemLimited',
  UPSTREAM_TIMEOUT: 'problemUpstream',
  UPSTREAM_UNAVAILABLE: 'problemUpstream',
  UPSTREAM_REJECTED: 'problemRejected',
  UPSTREAM_NOT_CONFIGURED: 'problemUnconfigured',
  UPSTREAM_BAD_RESPONSE: 'problemBad',
  UPSTREAM_PAGINATION_LOOP: 'problemBad',
  UPSTREAM_TOO_LARGE: 'problemBad',
  UNAUTHENTICATED: 'problemIdentity',
  FORBIDDEN: 'problemForbidden',
  REQUEST_TIMEOUT: 'problemBusy',
  OVERLOADED: 'problemBusy',
  RATE_LIMITED: 'problemBusy',
  INTERNAL_SERVER_ERROR: 'problemInternal',
  BAD_USER_INPUT: 'problemInput',
}

/** useProblemWords tells problems by their codes, in the reader's language: the gateway's own sentences are for its log. */
export function useProblemWords() {
  const say = useWords(words)
  const word = (key: keyof Say, ...values: string[]): string => {
    const text = say[key]
    return typeof text === 'string' ? text : (text as (...given: string[]) => string)(...values)
  }
  const operation = (name: string): string => {
    const key = operations[name]
    return key === undefined ? (name === '' ? say.ofPage : name) : word(key)
  }
  return {
    operation,
    problem: (code: string, name: string): string => word(sentences[code] ?? 'problemGeneral', operation(name)),
  }
}
