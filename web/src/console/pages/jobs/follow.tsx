import { useCallback, useState } from 'react'

import { useEvents, useForget } from '../../data'
import type { JobStatus } from '../../generated/graphql'
import { JobsFollow } from './documents'
import { isUnderWay } from './state'

/** Told is what an event has told of a job. */
export interface Told {
  status: JobStatus
  progress: number | null
}

/** useTold holds what events have told of metering jobs, by the upstream's job id. */
export function useTold(): [ReadonlyMap<string, Told>, (jobId: string, told: Told) => void] {
  const [told, setTold] = useState<ReadonlyMap<string, Told>>(new Map())
  useForget(() => setTold(new Map()))
  const tell = useCallback((jobId: string, now: Told) => setTold((before) => new Map(before).set(jobId, now)), [])
  return [told, tell]
}

interface FollowProps {
  jobId: string
  domainId: string
  onTold(jobId: string, told: Told): void
  /** Something was missed: the job has to be read again. */
  onMissed(): void
}

/** Follow follows one metering job as long as it is there: take it away when the job has ended, or it begins anew. It shows nothing. */
export function Follow({ jobId, domainId, onTold, onMissed }: FollowProps) {
  const [over, setOver] = useState(false)
  useEvents(
    JobsFollow,
    { jobId, domainId },
    ({ meterJob: { status, progress } }) => {
      setOver(!isUnderWay(status))
      onTold(jobId, { status, progress })
    },
    { pause: over, onLagged: onMissed },
  )
  return null
}
